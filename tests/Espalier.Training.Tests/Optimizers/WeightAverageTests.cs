using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Optimizers;

public sealed class WeightAverageTests : IDisposable
{
    private readonly WorkerPool _pool = new(1);

    [Fact]
    public void It_keeps_the_decay_once_it_has_begun_and_less_before()
    {
        TrainingParameter parameter = SomeParameters.Create("a", [1]);
        parameter.Value.Span[0] = 0;
        var average = new WeightAverage([parameter], 0.9, _pool);
        parameter.Value.Span[0] = 1;
        average.Update(1);
        Assert.Equal(1 - (2.0 / 11), Read(average), 1e-6);
        double before = Read(average);
        parameter.Value.Span[0] = 5;
        average.Update(1000);
        Assert.Equal((0.9 * before) + (0.1 * 5), Read(average), 1e-6);
    }

    [Fact]
    public void It_is_restored_bit_for_bit_and_refuses_other_parameters()
    {
        TrainingParameter parameter = SomeParameters.Create("a", [5]);
        var average = new WeightAverage([parameter], 0.5, _pool);
        parameter.Value.Span.Clear();
        average.Update(3);
        var again = new WeightAverage([parameter], 0.5, _pool);
        again.Restore(average.State());
        Assert.True(average.State()["a"].BitEquals(again.State()["a"]));
        var other = new WeightAverage([SomeParameters.Create("b", [5])], 0.5, _pool);
        Assert.Contains("'b'", Assert.Throws<EspalierException>(() => other.Restore(average.State())).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _pool.Dispose();

    private static double Read(WeightAverage average) => average.State()["a"].Read<float>()[0];
}
