using Iced.Intel;

namespace Espalier.Kernels.Tests;

public sealed class ByteProductPeakTests
{
    [Fact]
    public void The_emitted_loop_is_products_on_registers_that_a_function_may_change()
    {
        List<Instruction> code = Disassembly.Of(ByteProductPeak.Emit());
        Instruction[] products = [.. code.Where(instruction => instruction.Mnemonic == Mnemonic.Vpdpbusd)];
        Assert.Equal(18, products.Select(product => product.Op0Register).Distinct().Count());
        Assert.Equal(products.Length, products.Select(product => product.Op0Register).Distinct().Count());
        Assert.All(products, product => Assert.False(product.Op0Register is >= Register.ZMM6 and <= Register.ZMM15));
        Assert.Equal(["mov", "sub", "jne", "vzeroupper", "ret"], code.Where(instruction => instruction.Mnemonic != Mnemonic.Vpdpbusd).Select(instruction => Disassembly.Text(instruction).Split(' ')[0]));
    }

    [Fact]
    public void Every_tier_with_vectors_has_a_peak()
    {
        foreach (IntegerTier tier in IntegerTier.All.Where(tier => tier.IsSupported && tier != IntegerTier.Plain))
        {
            Assert.InRange(ByteProductPeak.Measure(tier, repeats: 3), 0.1, 10_000);
        }

        Assert.True(double.IsNaN(ByteProductPeak.Measure(IntegerTier.Plain, repeats: 1)));
        Assert.All(IntegerTier.All.Where(tier => !tier.IsSupported), tier => Assert.Throws<NotSupportedException>(() => ByteProductPeak.Measure(tier)));
    }
}
