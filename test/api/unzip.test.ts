import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { unzip } from '../../src/api/unzip.ts'
import { zip } from '../tools/madeFunctions.ts'

function newFolder(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'lambent-unzip-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return path.join(root, 'code')
}

const LIMITS = { unpackedBytes: 1_000, ratio: 100, freeBytes: 1_000 }

test('a package may be as large, unpacked, as the limit says, and not a byte larger; nothing of it is left', async () => {
  const [small, large] = [newFolder(), newFolder()]
  await unzip(await zip({ a: 'x'.repeat(600), b: 'y'.repeat(400) }), small, LIMITS)
  expect(readFileSync(path.join(small, 'b'), 'utf8')).toHaveLength(400)
  await expect(unzip(await zip({ a: 'x'.repeat(600), b: 'y'.repeat(401) }), large, LIMITS)).rejects.toThrow(
    'Unzipped size must be smaller than 1000 bytes',
  )
  expect([existsSync(large), existsSync(`${large}.new`)]).toEqual([false, false])
})

test('what is denser than code can be is refused before it fills the disk', async () => {
  const folder = newFolder()
  const limits = { unpackedBytes: 10_000_000, ratio: 100, freeBytes: 1_000 }
  await expect(unzip(await zip({ zeros: '0'.repeat(1_000_000) }), folder, limits)).rejects.toThrow(
    'zeros is compressed more than 100 times',
  )
  expect(existsSync(folder)).toBe(false)
})
