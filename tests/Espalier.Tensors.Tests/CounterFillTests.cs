using System.Globalization;
using System.Runtime.CompilerServices;
using Espalier.Testing;

namespace Espalier.Tensors.Tests;

public sealed class CounterFillTests
{
    [Fact]
    public void The_formula_gives_what_its_Python_twin_gives()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Here(), "../oracle/fixtures/counter_fill.tsv"));
        Assert.True(lines.Length > 5, "the fixture is nearly empty");
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split('\t')))
        {
            Shape shape = [.. cells[1].Split('x').Select(extent => int.Parse(extent, CultureInfo.InvariantCulture))];
            Tensor tensor = cells[0] == "input" ? CounterFill.Input(shape) : CounterFill.Parameter(cells[0], shape);
            float[] values = tensor.Read<float>().ToArray();
            Assert.Equal(cells[2], Bits(values[..4]));
            Assert.Equal(cells[3], Bits(values[^4..]));
        }
    }

    [Fact]
    public void A_counter_is_a_zero() =>
        Assert.True(CounterFill.Parameter("bn1.num_batches_tracked", []).BitEquals(Tensor.From<long>([], [0L])));

    private static string Bits(float[] values) =>
        string.Join(' ', values.Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture)));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
