/** What the tables of a config say of a deployment: for the cost model, and for the memory plan. */
import type { MemoryInput } from "../cost/device-memory.js";
import { reservedMemory, totalReserved } from "../cost/reserved-memory.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import { describeModel } from "../spec/describe-model.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { ModelDescription } from "../spec/model-description.js";
import { bytesPerElement, precisionOf, type Precision } from "../spec/precision.js";
import type { completeModel } from "./defaults.js";
import type { ParsedConfig } from "./schema.js";

/** The tables with their defaults, as far as they are right. */
export interface DeploymentTables {
  readonly hardware: ParsedConfig["hardware"];
  readonly model: ReturnType<typeof completeModel>;
  readonly scheduler: ParsedConfig["scheduler"];
}

/** bf16, where nothing says how weights are stored. */
const DEFAULT_BYTES_PER_PARAM = 2;

export function describeDeployment({
  hardware,
  model,
  scheduler,
}: DeploymentTables): DeploymentDescription {
  const { tensorParallel = 1, pipelineParallel, dataParallel, device } = hardware;
  const { bytesPerParam = DEFAULT_BYTES_PER_PARAM } = hardware;
  return {
    model: describeModel(model, { bytesPerParam, assumeExperts: device !== undefined }),
    hardware: { ...hardware, bytesPerParam, tensorParallel },
    ...(device && { device: asConfigured(device, hardware) }),
    parallelism: {
      tensorParallel,
      pipelineParallel,
      dataParallel,
      expertParallel: hardware.expertParallel > 1,
      devicesPerNode: hardware.devicesPerNode ?? sizeOfNode(device),
    },
    expertRouting: model.expertRouting ?? { type: "uniform" },
    ...kvStorage({ hardware, model, scheduler }),
    kernelBackend: hardware.kernelBackend,
    engineVersion: hardware.engineVersion,
    asyncScheduling: scheduler.asyncScheduling,
    maxNumSeqs: scheduler.maxNumSeqs,
    maxNumBatchedTokens: scheduler.maxNumBatchedTokens,
  };
}

/** Devices that a fabric connects; a bridge joins some of eight, which meet the others over PCIe. */
function sizeOfNode(device: DeviceDescription | undefined): number {
  if (device === undefined || device.fabric === "nvlink-bridge") return 8;
  return device.scaleUpSize ?? 8;
}

/** What the catalog says of a device gives way to what the config says; a rate of its own stands for all precisions. */
function asConfigured(
  device: DeviceDescription,
  { computeFlops, memoryBandwidth, memoryCapacity }: ParsedConfig["hardware"],
): DeviceDescription {
  const rates = Object.keys(device.flops).map((arithmetic) => [arithmetic, computeFlops]);
  const flops = computeFlops === device.flops.bf16 ? device.flops : Object.fromEntries(rates);
  return { ...device, flops, memoryBandwidth, memoryCapacity };
}

function kvStorage({
  hardware,
  model,
}: DeploymentTables): Pick<DeploymentDescription, "kvPrecision" | "kvBytesPerElement"> {
  const stored = (kvPrecision: Precision) => ({
    kvPrecision,
    kvBytesPerElement: bytesPerElement[kvPrecision],
  });
  const { kvCacheDtype, bytesPerParam = DEFAULT_BYTES_PER_PARAM } = hardware;
  if (kvCacheDtype !== "auto") return stored(kvCacheDtype);
  if (model.layers !== undefined) return stored(model.kvPrecision ?? "bf16");
  return { kvPrecision: precisionOf(bytesPerParam), kvBytesPerElement: bytesPerParam };
}

export function memoryInput(tables: DeploymentTables): MemoryInput {
  const { hardware, model, scheduler } = tables;
  const reservedBytes = (tensorParallel: number) =>
    totalReserved(
      reservedMemory(describeDeployment({ ...tables, hardware: { ...hardware, tensorParallel } })),
    );
  const { bytesPerParam = DEFAULT_BYTES_PER_PARAM, kvCacheCapacity, dataParallel } = hardware;
  const description: ModelDescription = describeModel(model, {
    bytesPerParam,
    assumeExperts: hardware.device !== undefined,
  });
  return {
    ...hardware,
    ...scheduler,
    model,
    description,
    bytesPerParam,
    kvBytesPerElement: kvStorage(tables).kvBytesPerElement,
    ...(hardware.device && { reservedBytes }),
    kvCacheCapacity: kvCacheCapacity && kvCacheCapacity / dataParallel,
  };
}
