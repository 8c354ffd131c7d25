namespace Espalier.Kernels.Tests;

/// <summary>What <see cref="IntegerMapTests"/> runs in a process that is told to leave instructions out.</summary>
public sealed class IntegerMapSweep
{
    private const int Cases = 40;

    [Fact(Explicit = true)]
    public void Every_kernel_has_the_bits_of_the_definition()
    {
        Assert.False(BlockLanes512.IsSupported);
        foreach (Action<ulong> check in IntegerMapChecks.All.Values)
        {
            for (ulong seed = 0; seed < Cases; seed++)
            {
                check(seed);
            }
        }
    }
}
