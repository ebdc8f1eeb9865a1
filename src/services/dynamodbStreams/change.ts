import type { JsonObject } from '../../system/index.ts'
import type { NewRecord } from '../../store/index.ts'
import { areSameItems, canonical, type Item, sizeOfItem } from './item.ts'
import type { KeptStream, KeySchemaElement, StreamViewType } from './stream.ts'

/** A change of one item: from what it was to what it is now. Without an old image it is new, without a new one it is gone. */
export interface ItemChange {
  readonly oldImage?: Item | undefined
  readonly newImage?: Item | undefined
  /** Who made the change, where it was DynamoDB itself (time to live). */
  readonly userIdentity?: { readonly type: string; readonly principalId: string } | undefined
}

/** What the log holds of a record beside the place and time that it gives it: nearly what `GetRecords` answers. */
export interface KeptRecord extends JsonObject {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly userIdentity?: JsonObject
  readonly keys: JsonObject
  readonly newImage?: JsonObject
  readonly oldImage?: JsonObject
  readonly sizeBytes: number
}

/** The log's record of a change; `undefined` for one that changes nothing. `atMs` is the log's business. */
export function recordOf(
  { keySchema, viewType }: Pick<KeptStream, 'keySchema' | 'viewType'>,
  { oldImage, newImage, userIdentity }: ItemChange,
  at: { readonly eventId: string; readonly atMs: number; readonly cause: string | undefined },
): NewRecord | undefined {
  const image = newImage ?? oldImage
  if (!image || (oldImage && newImage && areSameItems(oldImage, newImage))) return undefined
  const keys = keysOf(keySchema, image)
  const images = imagesOf(viewType, oldImage, newImage)
  const kept: KeptRecord = {
    eventID: at.eventId,
    eventName: eventNameOf(oldImage, newImage),
    ...(userIdentity && {
      userIdentity: { PrincipalId: userIdentity.principalId, Type: userIdentity.type },
    }),
    keys,
    ...images,
    sizeBytes: [keys, images.newImage, images.oldImage].reduce(
      (sum, item) => sum + (item ? sizeOfItem(item) : 0),
      0,
    ),
  }
  return {
    key: canonical(keys),
    data: Buffer.from(JSON.stringify(kept)),
    atMs: at.atMs,
    ...(at.cause !== undefined && { meta: { c: at.cause } }),
  }
}

function eventNameOf(oldImage: Item | undefined, newImage: Item | undefined): KeptRecord['eventName'] {
  if (!oldImage) return 'INSERT'
  return newImage ? 'MODIFY' : 'REMOVE'
}

/** The key attributes of an item; throws when one is missing. */
export function keysOf(keySchema: readonly KeySchemaElement[], image: Item): Item {
  return Object.fromEntries(
    keySchema.map(({ AttributeName: name }) => {
      const value = image[name]
      if (!value) throw new TypeError(`the item has no key attribute ${name}`)
      return [name, value]
    }),
  )
}

const imagesOf = (
  viewType: StreamViewType,
  oldImage: Item | undefined,
  newImage: Item | undefined,
): { readonly newImage?: Item; readonly oldImage?: Item } => ({
  ...(newImage && (viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES') && { newImage }),
  ...(oldImage && (viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES') && { oldImage }),
})
