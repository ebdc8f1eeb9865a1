/** What a template adds to files that a project has already; what is in them stays as it is. */
export interface Merge {
  readonly text: string
  /** What was added, for people; empty: nothing was missing. */
  readonly added: readonly string[]
}

/** Files of a template that a project may have already: the others are refused. */
export const MERGES: Readonly<Record<string, (own: string, template: string) => Merge>> = {
  '.gitignore': mergeLines,
  'package.json': mergePackages,
  // A project's own page says more than a template's.
  'README.md': (own) => ({ text: own, added: [] }),
}

function mergeLines(own: string, template: string): Merge {
  const known = new Set(own.split(/\r?\n/).map((line) => line.trim().replace(/\/$/, '')))
  const added = template.split('\n').filter((line) => line !== '' && !known.has(line.replace(/\/$/, '')))
  if (added.length === 0) return { text: own, added }
  const begin = own === '' || own.endsWith('\n') ? own : `${own}\n`
  return { text: `${begin}${added.join('\n')}\n`, added }
}

type Section = Readonly<Record<string, string>>

interface Package {
  readonly scripts?: Section
  readonly dependencies?: Section
  readonly devDependencies?: Section
}

/** Throws a SyntaxError for a `package.json` that is none. */
function mergePackages(own: string, template: string): Merge {
  const before = JSON.parse(own) as Package
  const { scripts = {}, devDependencies = {} } = JSON.parse(template) as Package
  const newScripts = lacking(scripts, before.scripts)
  const newPackages = lacking(devDependencies, { ...before.dependencies, ...before.devDependencies })
  const added = [
    ...Object.keys(newScripts).map((name) => `script ${name}`),
    ...Object.keys(newPackages).map((name) => `package ${name}`),
  ]
  if (added.length === 0) return { text: own, added }
  const after = {
    ...before,
    ...(Object.keys(newScripts).length > 0 && { scripts: { ...before.scripts, ...newScripts } }),
    ...(Object.keys(newPackages).length > 0 && {
      devDependencies: { ...before.devDependencies, ...newPackages },
    }),
  }
  const indent = /^[{[]\r?\n([ \t]+)/.exec(own)?.[1] ?? '  '
  return { text: `${JSON.stringify(after, null, indent)}\n`, added }
}

const lacking = (wanted: Section, own: Section = {}): Section =>
  Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in own)))
