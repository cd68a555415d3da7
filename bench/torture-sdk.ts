import { deliveryLines, sdkDelivery } from '../test/support/sdk-delivery.ts'

/** `npm run torture -- --sdk-spans 100000`: the OpenTelemetry SDK's own exporters deliver through a restart. False if anything they reported as delivered is missing. */
export const sdkTorture = async (spans: number): Promise<boolean> => {
  console.log(`torture: ${spans} spans by the JavaScript SDK's exporters, with a restart in the middle`)
  const delivery = await sdkDelivery(spans, (line) => console.log(line))
  for (const line of deliveryLines(delivery)) console.log(line)
  return delivery.doubled === 0 && delivery.deliveries.every(({ lost }) => lost === 0)
}
