using System.Globalization;

namespace Espalier.Kernels.Tests;

public sealed unsafe class ExecutableMemoryTests
{
    [Fact]
    public void Code_runs()
    {
        Assert.SkipUnless(ExecutableMemory.Obstacle is null, ExecutableMemory.Obstacle ?? "");
        var code = new X64Assembler();
        code.Move(X64Register.Rax, 12345);
        nint address = ExecutableMemory.Publish([.. code.ToArray(), 0xC3]);
        Assert.Equal(12345, ((delegate* unmanaged[SuppressGCTransition]<nint>)address)());
    }

    [Fact]
    public void Pages_are_never_writable_and_executable()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ExecutableMemory.Obstacle is null, "only Linux lists its pages, or: " + ExecutableMemory.Obstacle);
        nint address = ExecutableMemory.Publish([0xC3]);
        string page = File.ReadLines("/proc/self/maps").Single(line =>
        {
            string[] ends = line.Split(' ')[0].Split('-');
            return address >= Parse(ends[0]) && address < Parse(ends[1]);
        });
        Assert.Equal("r-xp", page.Split(' ')[1]);

        static nint Parse(string hex) => (nint)ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_variable_switches_emission_off() => Assert.Equal("ESPALIER_EMIT=0 switches emitted code off.", ExecutableMemory.ObstacleOf("0"));
}
