using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>What models can be run on, by name.</summary>
public static class Runtimes
{
    /// <summary>The CPU's vector kernels: <c>cpu</c>.</summary>
    public static IRuntime Cpu => CpuRuntime.Instance;

    /// <summary>The naive kernels in double, which define what every other runtime computes: <c>reference</c>. Thousands of times slower.</summary>
    public static IRuntime Reference => ReferenceRuntime.Instance;

    /// <summary>All that there are.</summary>
    public static ImmutableArray<IRuntime> All => [Cpu, Reference];

    /// <summary>Their names, known without making any of them.</summary>
    public static ImmutableArray<string> Names { get; } = ["cpu", "reference"];

    /// <summary>A runtime with kernels that were timed for it, where there are any.</summary>
    /// <param name="runtime">The runtime; <see langword="null"/> for <see cref="Cpu"/>.</param>
    /// <param name="kernels">The kernels, or <see langword="null"/>.</param>
    /// <exception cref="EspalierException">There are kernels, and the runtime is another one than they were timed for.</exception>
    internal static IRuntime Tuned(IRuntime? runtime, TunedKernels? kernels)
    {
        runtime ??= Cpu;
        return kernels is null ? runtime
            : runtime == Cpu ? new CpuRuntime(new PredictorOptions { TunedKernels = kernels })
            : throw new EspalierException($"tuned kernels are for the runtime {Cpu.Name}, not for {runtime.Name}");
    }

    /// <summary>The runtime of a name.</summary>
    /// <exception cref="EspalierException">There is none of that name; the message lists those that there are.</exception>
    public static IRuntime Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(runtime => runtime.Name == name)
            ?? throw new EspalierException($"there is no runtime '{name}'; there are {string.Join(", ", Names)}");
    }
}
