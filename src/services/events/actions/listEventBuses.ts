import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { type PageInput, pageOf } from '../page.ts'
import { shownBus } from './describeEventBus.ts'

/** `ListEventBuses`: by name. */
export const createListEventBuses =
  (buses: Buses): Operation<PageInput & { readonly NamePrefix?: string }> =>
  (input) => {
    const found = buses.all().filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
    const { page, next } = pageOf(found, ({ name }) => name, input)
    return { EventBuses: page.map(shownBus), ...next }
  }
