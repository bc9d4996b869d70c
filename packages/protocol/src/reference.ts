import { z } from 'zod'
import { Ack, Bye, Envelope, Heartbeat, Hello, Progress } from './envelope.ts'
import { recordKinds } from './facts.ts'
import { conditions } from './health.ts'
import { limits } from './limits.ts'
import { orderKinds, SignedOrder } from './orders.ts'
import { type DownChannel, downTopic, type UpChannel, upTopic } from './topics.ts'
import { protocolVersion } from './version.ts'

/** What each channel carries. Adding a channel does not compile until it is described. */
export const upMessages = {
  hello: {
    schema: Hello,
    summary: 'After each connect: who I am, what I have to say, which orders I hold. Not durable.'
  },
  heartbeat: {
    schema: Heartbeat,
    summary: 'Every 30 s with jitter: the newest state. Not durable; the centre keeps the newest.'
  },
  fact: { schema: Envelope, summary: 'Durable facts of one lane, in order, until acknowledged (I2, I3).' },
  result: { schema: Envelope, summary: 'Durable results of orders, in order, until acknowledged (I2, I5).' },
  progress: { schema: Progress, summary: 'How far an order is, at most once a second. Not durable.' },
  bye: { schema: Bye, summary: 'The will, and what a box says when it stops.' }
} satisfies Record<UpChannel, { schema: z.ZodType; summary: string }>

export const downMessages = {
  ack: { schema: Ack, summary: 'Everything of a lane up to seq is committed (I2). Tells the time of the centre.' },
  order: { schema: SignedOrder, summary: 'One signed order. Sent again at each hello until it is answered (I5).' },
  config: { schema: z.object({}), summary: 'Reserved: the desired configuration.' },
  checkpoint: { schema: z.object({}), summary: 'Reserved: the checkpoint of the custody log of the centre (I10).' }
} satisfies Record<DownChannel, { schema: z.ZodType; summary: string }>

const json = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >
  return rest
}

const entries = <T extends object, U>(of: T, make: (value: T[keyof T], name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, make(value as T[keyof T], name)]))

/** The AsyncAPI 3.0 document of the MQTT side, made from the schemas alone. `npm run reference` writes it; drift is red. */
export const asyncApi = (): Record<string, unknown> => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Matthan: box and centre over MQTT 3.1.1',
    version: String(protocolVersion),
    description:
      'TLS 1.3 with client certificate; QoS 1; never retained; the box id comes from the certificate. Generated from packages/protocol.'
  },
  defaultContentType: 'application/json',
  channels: {
    ...entries(upMessages, (_, name) => channel(upTopic('{boxId}', name as UpChannel), name)),
    ...entries(downMessages, (_, name) => channel(downTopic('{boxId}', name as DownChannel), name))
  },
  operations: {
    ...entries(upMessages, (_, name) => ({ action: 'receive', channel: { $ref: `#/channels/${name}` } })),
    ...entries(downMessages, (_, name) => ({ action: 'send', channel: { $ref: `#/channels/${name}` } }))
  },
  components: {
    messages: entries({ ...upMessages, ...downMessages }, ({ schema, summary }, name) => ({
      name,
      summary,
      payload: json(schema)
    })),
    schemas: {
      ...Object.fromEntries(
        Object.entries(recordKinds).map(([kind, spec]) => [
          `record.${kind}`,
          { 'x-lane': spec.lane, 'x-channel': spec.channel, ...json(spec.schema) }
        ])
      ),
      ...Object.fromEntries(
        Object.entries(orderKinds).flatMap(([kind, spec]) => [
          [
            `order.${kind}.args`,
            { 'x-priority': spec.priority, 'x-when-hold-only': spec.whenHoldOnly, ...json(spec.args) }
          ],
          [`order.${kind}.output`, json(spec.output)]
        ])
      )
    }
  },
  'x-conditions': conditions,
  'x-limits': limits
})

const channel = (address: string, name: string) => ({
  address,
  parameters: { boxId: { description: 'UUID of the box, from its certificate' } },
  messages: { [name]: { $ref: `#/components/messages/${name}` } }
})
