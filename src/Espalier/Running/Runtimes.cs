using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The available runtimes.</summary>
public static class Runtimes
{
    /// <summary>The CPU runtime with vector kernels; its name is <c>cpu</c>.</summary>
    public static IRuntime Cpu => CpuRuntime.Instance;

    /// <summary>The reference runtime with naive kernels in double precision, which other runtimes are tested against; its name is <c>reference</c>. It is thousands of times slower.</summary>
    public static IRuntime Reference => ReferenceRuntime.Instance;

    /// <summary>All runtimes.</summary>
    public static ImmutableArray<IRuntime> All => [Cpu, Reference];

    /// <summary>The names of all runtimes, which are available without creating any of them.</summary>
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

    /// <summary>Returns the runtime with the given name.</summary>
    /// <exception cref="EspalierException">There is no runtime with that name; the message lists all names.</exception>
    public static IRuntime Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(runtime => runtime.Name == name)
            ?? throw new EspalierException($"there is no runtime '{name}'; expected {string.Join(" or ", Names)}");
    }
}
