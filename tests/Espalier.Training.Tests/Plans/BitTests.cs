using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

public class BitTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_bits_do_not_depend_on_threads_repetition_or_recomputation(ulong seed)
    {
        Model model = RandomGraphs.CreateModel(seed);
        byte[] once = Bits(model, seed, 1, false);

        Assert.True(once.AsSpan().SequenceEqual(Bits(model, seed, 1, false)), $"seed {seed}: again");
        Assert.True(once.AsSpan().SequenceEqual(Bits(model, seed, 2, false)), $"seed {seed}: two threads");
        Assert.True(once.AsSpan().SequenceEqual(Bits(model, seed, 3, false)), $"seed {seed}: three threads");
        Assert.True(once.AsSpan().SequenceEqual(Bits(model, seed, 2, true)), $"seed {seed}: recomputation");
    }

    [Theory]
    [InlineData("cifar_resnet56", 0.5)]
    [InlineData("resnet50", 0.7)]
    public void Recomputation_takes_less_memory(string network, double share)
    {
        NetworkDefinition definition = OracleNetworks.Create(network, [3, 32, 32]);
        var model = new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata);
        using var pool = new WorkerPool(1);
        long kept = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 8 }, pool).Memory.Arena;
        long again = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 8, Recompute = true }, pool).Memory.Arena;

        Assert.True(again < share * kept, $"{again} bytes instead of {kept}");
    }

    public static TheoryData<ulong> Seeds() => [.. Enumerable.Range(1, 25).Select(seed => (ulong)seed)];

    // Two steps with a change of the parameters between them: results, gradients, statistics.
    private static byte[] Bits(Model model, ulong seed, int threads, bool recompute)
    {
        using var pool = new WorkerPool(threads);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 5, Seed = seed, Recompute = recompute }, pool);
        using var bits = new MemoryStream();
        void Write(ReadOnlySpan<float> numbers) => bits.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers));
        for (int step = 0; step < 2; step++)
        {
            int batch = 5 - step;
            Tensor images = CounterFill.Stream($"images{step}", plan.InputShape.Prepend(batch), -1, 2);
            Write(plan.Forward(images, step));
            plan.Backward(CounterFill.Stream("gradient", plan.OutputShape.Prepend(batch), -1, 2).Read<float>());
            foreach (TrainingParameter parameter in plan.Parameters.Where(parameter => parameter.HasGradient))
            {
                Write(parameter.Gradient.Span);
                for (int i = 0; i < parameter.Value.Length; i++)
                {
                    parameter.Value.Span[i] -= 0.01f * parameter.Gradient.Span[i];
                }
            }

            plan.ParametersChanged();
            foreach (Tensor buffer in plan.Buffers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value))
            {
                bits.Write(buffer.Bytes.Span);
            }
        }

        return bits.ToArray();
    }
}
