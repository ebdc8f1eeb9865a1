import type { Environment } from './environment.ts'
import type { ProvisionedStock } from './types.ts'

/** Who starts and ends environments for a stock. */
export interface StockKeeper {
  /** Whether there is code that environments can be started of. */
  readonly canStart: () => boolean
  /** Whether that code cannot be built. */
  readonly isBroken: () => boolean
  /** Starts one; told what became of it, `isLost` when others were the cause that nothing did. */
  readonly start: (settled: (environment: Environment | undefined, isLost: boolean) => void) => void
  readonly dismiss: (environment: Environment) => void
}

/** The environments of one generation that are initialised ahead: as many as are wanted, for as long as they are. */
export class ProvisionedEnvironments {
  readonly #keeper: StockKeeper
  readonly #ready = new Set<Environment>()
  #free: Environment[] = []
  #wanted = 0
  #starting = 0
  #hasFailed = false
  #changed: (stock: ProvisionedStock) => void = () => {}
  #settled: (() => void)[] = []

  constructor(keeper: StockKeeper) {
    this.#keeper = keeper
  }

  /** Resolves when all are initialised, or one could not be. */
  set(count: number, changed: (stock: ProvisionedStock) => void): Promise<void> {
    if (count !== this.#wanted) this.#hasFailed = false
    this.#wanted = count
    this.#changed = changed
    this.fill()
    const extra = this.#free.splice(0, Math.max(0, this.#ready.size - count))
    for (const environment of extra) this.#keeper.dismiss(environment)
    return new Promise((resolve) => {
      this.#settled.push(resolve)
      this.#tell()
    })
  }

  fill(): void {
    if (!this.#keeper.canStart()) return
    if (this.#wanted > 0 && this.#keeper.isBroken()) this.#hasFailed = true
    while (!this.#hasFailed && this.#ready.size + this.#starting < this.#wanted) this.#startOne()
    this.#tell()
  }

  take(): Environment | undefined {
    return this.#free.pop()
  }

  /** Takes one back that has nothing to do; false when it is not wanted any more. */
  free(environment: Environment): boolean {
    if (this.#ready.size > this.#wanted) return false
    this.#ready.add(environment)
    this.#free.push(environment)
    return true
  }

  ended(environment: Environment): void {
    const at = this.#free.indexOf(environment)
    if (at >= 0) this.#free.splice(at, 1)
    if (this.#ready.delete(environment)) this.fill()
  }

  /** Nothing is wanted any more, and nobody is told; answers those that have nothing to do. */
  giveUp(): readonly Environment[] {
    this.#wanted = 0
    this.#changed = () => {}
    this.#tell()
    return this.#free.splice(0)
  }

  #startOne(): void {
    this.#starting++
    this.#keeper.start((environment, isLost) => {
      this.#starting--
      if (environment) this.#ready.add(environment)
      else if (!isLost) this.#hasFailed = true
      if (isLost) this.fill()
      else this.#tell()
    })
  }

  #tell(): void {
    this.#changed({ ready: this.#ready.size, hasFailed: this.#hasFailed })
    if (this.#ready.size < this.#wanted && !this.#hasFailed) return
    for (const resolve of this.#settled.splice(0)) resolve()
  }
}
