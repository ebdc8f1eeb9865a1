import { resolve } from 'node:path'
import type { Files } from '../files.ts'
import { isFolder } from '../layers.ts'
import { type Node, nodeAt, type ScalarNode } from '../nodes.ts'
import type { Rule } from './rule.ts'

/** Every layer is a folder, and it is there. */
export function layers(files: Files): Rule {
  return ({ spec, root, report }) => {
    for (const node of folderNodes(root)) {
      if (files.list(resolve(spec.directory, node.text)) !== undefined) continue
      const message = /\.(zip|jar)$/.test(node.text)
        ? `the layer \`${node.text}\` is no folder`
        : `there is no folder \`${node.text}\``
      const hint =
        'expected a folder that is laid out as `/opt` is, such as one that holds `nodejs/node_modules`'
      report.problem(node.place, message, hint)
    }
  }
}

/** Where the file names folders of layers. */
function folderNodes(root: Node): ScalarNode[] {
  const declared = valuesAt(root, ['layers']).map((layer) => nodeAt(layer, ['path']))
  const functions = valuesAt(root, ['functions'])
  const lists = [nodeAt(root, ['provider', 'layers']), ...functions.map((each) => nodeAt(each, ['layers']))]
  const named = lists.flatMap((list) => (list?.kind === 'list' ? list.items : []))
  return [...declared.filter(isText), ...named.filter((node) => isText(node) && isFolder(node.text))].filter(
    isText,
  )
}

function valuesAt(root: Node, path: readonly string[]): Node[] {
  const node = nodeAt(root, path)
  return node?.kind === 'map' ? node.entries.map((entry) => entry.value) : []
}

const isText = (node: Node | undefined): node is ScalarNode =>
  node?.kind === 'scalar' && typeof node.value === 'string'
