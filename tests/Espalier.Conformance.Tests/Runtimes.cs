using Espalier.Accelerated;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Kernels;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>The runtimes that the suite holds to the definition of the ops. A new one is one line here.</summary>
public static class Runtimes
{
    private static readonly Lazy<AcceleratedRuntime> s_emulated = new(() => new AcceleratedRuntime(AcceleratorDevice.Emulated));

    private static readonly Dictionary<string, Func<IRuntime>> s_all = new()
    {
        ["reference"] = () => ReferenceRuntime.Instance,
        ["cpu"] = () => CpuRuntime.Instance,
        ["cpu-unfolded"] = () => new CpuRuntime(new PredictorOptions { Unfolded = true }),
        ["cpu-256-bit"] = () => new CpuRuntime(new PredictorOptions { InstructionSet = InstructionSet.Avx2 }),
        ["accelerator"] = () => s_emulated.Value,
        ["cpu-128-bit"] = () => new CpuRuntime(new PredictorOptions { InstructionSet = InstructionSet.Vector128Bit }),
    };

    public static TheoryData<string> Names => [.. s_all.Keys.Where(IsPossible)];

    /// <summary>Those that are fast enough for whole networks, and run values of 8 bits: all but ILGPU's emulated device, where a barrier takes a millisecond.</summary>
    public static TheoryData<string> OfProcessors => [.. Names.Select(row => row.Data).Where(name => !IsEmulated(name))];

    /// <summary>Whether a runtime is the emulated accelerator, which gets fewer cases.</summary>
    public static bool IsEmulated(string name) => name == "accelerator";

    /// <summary>Skips a long case on the emulated accelerator for all but a sixteenth of the cases, unless everything is tested.</summary>
    public static void RequireTime(string name, string @case)
    {
        if (IsEmulated(name))
        {
            FullRun.RequireOneOf(16, @case);
        }
    }

    /// <summary>The runtime of a name.</summary>
    public static IRuntime Get(string name) => s_all[name]();

    private static bool IsPossible(string name) => name != "cpu-256-bit" || InstructionSet.Avx2.IsSupported;
}
