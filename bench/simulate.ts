export async function benchSimulate(): Promise<Record<string, unknown>> {
  return {};
}
