using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Espalier.Bench.Workers;
using Espalier.Kernels;

namespace Espalier.Bench.Native;

/// <summary>The worker as it is published in one way.</summary>
/// <param name="Contestant">How it is started.</param>
/// <param name="Bytes">Bytes of the files that were published.</param>
internal sealed record NativeProgram(Contestant Contestant, long Bytes)
{
    /// <summary>Publishes it in every way that this machine can run, the JIT compiler's first.</summary>
    internal static ImmutableArray<NativeProgram> PublishAll(Setup setup)
    {
        (string Level, InstructionSet Needs)[] levels = RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? [("x86-64-v2", InstructionSet.Vector128Bit), ("x86-64-v3", InstructionSet.Avx2), ("x86-64-v4", InstructionSet.Avx512)]
            : [("native", InstructionSet.Vector128Bit)];
        return [
            Publish(setup, "JIT", "jit", "-p:PublishReadyToRun=false", "--no-self-contained"),
            Publish(setup, "JIT and ReadyToRun", "ready-to-run", "--no-self-contained"),
            .. levels.Where(level => level.Needs.IsSupported).Select(level => Publish(setup, $"NativeAOT, {level.Level}", level.Level, "-p:PublishAot=true", $"-p:IlcInstructionSet={level.Level}")),
        ];
    }

    private static NativeProgram Publish(Setup setup, string name, string folder, params string[] options)
    {
        string published = setup.Publish(Path.Combine("native", folder), options);
        string program = Path.Combine(published, OperatingSystem.IsWindows() ? "Espalier.Bench.exe" : "Espalier.Bench");
        long bytes = Directory.GetFiles(published).Where(file => Path.GetExtension(file) is not (".pdb" or ".dbg" or ".xml")).Sum(file => new FileInfo(file).Length);
        return new NativeProgram(new Contestant(name, program, ["worker"]), bytes);
    }
}
