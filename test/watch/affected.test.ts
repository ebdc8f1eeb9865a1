import { expect, it } from 'vitest'
import { affected } from '../../src/watch/affected.ts'

const watched = {
  spec: ['/p/lambda.yml', '/p/more.yml'],
  functions: new Map([
    ['orders', ['/p/orders.js', '/p/shared.js']],
    ['report', ['/p/report.js', '/p/shared.js']],
  ]),
  folders: new Map([['report', ['/p/layers/pdf']]]),
}
const none: ReadonlySet<string> = new Set()

it.each([
  ['a file of one function', ['/p/orders.js'], none, { spec: false, functions: ['orders'] }],
  [
    'a file that two functions share',
    ['/p/shared.js'],
    none,
    { spec: false, functions: ['orders', 'report'] },
  ],
  ['the spec', ['/p/lambda.yml'], none, { spec: true, functions: [] }],
  ['a file that the spec includes', ['/p/more.yml'], none, { spec: true, functions: [] }],
  ['a file that belongs to nothing', ['/p/notes.txt'], none, { spec: false, functions: [] }],
  [
    'a file of a layer',
    ['/p/layers/pdf/nodejs/node_modules/pdf/index.js'],
    none,
    { spec: false, functions: ['report'] },
  ],
  ['a folder with nearly the same name', ['/p/layers/pdf2/a.js'], none, { spec: false, functions: [] }],
  ['both', ['/p/lambda.yml', '/p/report.js'], none, { spec: true, functions: ['report'] }],
  [
    'anything, while a function is broken',
    ['/p/new.js'],
    new Set(['orders']),
    { spec: false, functions: ['orders'] },
  ],
])('a change of %s', (_title, files, broken, expected) => {
  expect(affected(new Set(files), watched, broken)).toEqual(expected)
})
