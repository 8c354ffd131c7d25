using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Random quantized networks: every runtime gives the bits of the definition in all that is computed in integers, for any number of threads and samples.</summary>
public sealed class QuantizedTests
{
    private const int Seeds = 150;

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Integers_have_the_bits_of_the_definition(string runtime)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomQuantizedGraphs.Create(seed, widest: seed % 3 == 0 ? 40 : 6, floats: false);
            foreach ((int batch, int threads) in ((int, int)[])[(1, 1), (3, 2)])
            {
                Tensor input = CounterFill.Stream($"sample {seed}", model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch), -2, 4);
                IReadOnlyList<Tensor> expected = ReferenceRuntime.Instance.Prepare(model).RunAll(input);
                using IRunnable run = Runtimes.Get(runtime).Prepare(model, new RunOptions { Threads = threads });
                IReadOnlyList<Tensor> found = run.RunAll(input);
                for (int i = 0; i < expected.Count; i++)
                {
                    int at = found[i].Bytes.Span.CommonPrefixLength(expected[i].Bytes.Span) / sizeof(float);
                    Assert.True(at == expected[i].Shape.Count, $"seed {seed}, {batch} samples, {threads} threads, output {model.Graph.Outputs[i]} differs at {at}\n{model.Graph}");
                }
            }
        }
    }
}
