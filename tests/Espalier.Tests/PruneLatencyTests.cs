using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Tests;

/// <summary>A latency is measured before the time of a training run is spent, and what is measured decides.</summary>
public sealed class PruneLatencyTests
{
    private readonly Model _model = Zoo.Create("cifar_resnet8").Initialize(1);

    [Fact(DisplayName = "Faults: prune --target-latency 60% --recover 3 narrows further when the clock says so")]
    public void More_is_removed_if_the_result_is_slower_than_its_candidates()
    {
        const int SearchRuns = 9; // models that the search for the amount prepares; after it the machine is slower for small networks
        var runtime = new TimedRuntime(_model.Graph, prepared => prepared > SearchRuns ? 1.25 : 1);
        var trained = new List<double>();
        PruneRun run = Run(runtime, trained);
        Model after = run.Run();
        Assert.Null(run.Missed);
        Assert.False(run.Measure(ref after).Fails);
        Assert.Equal(runtime.ShareOf(after.Graph), Assert.Single(trained)); // it was recovered once, when it was narrow enough
        Assert.InRange(trained[0] * 1.25, 0, 0.6);
    }

    [Fact(DisplayName = "Faults: prune --target-latency out of reach trains nothing")]
    public void Nothing_is_trained_that_cannot_be_fast_enough()
    {
        var runtime = new TimedRuntime(_model.Graph, prepared => prepared > 9 ? 40 : 1);
        var trained = new List<double>();
        PruneRun run = Run(runtime, trained);
        run.Run();
        Assert.True(run.Missed!.Fails);
        Assert.Empty(trained);
    }

    private PruneRun Run(TimedRuntime runtime, List<double> trained)
    {
        var request = new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.Milliseconds, 0.6) };
        return new PruneRun(ModelHistory.Begin(_model, null, null, CancellationToken.None), request, null, runtime, TestContext.Current.CancellationToken)
        {
            Recover = (model, _) =>
            {
                trained.Add(runtime.ShareOf(model.Graph));
                return model;
            },
        };
    }

    /// <summary>A runtime whose time is proportional to the multiply-accumulates of a network, and to a factor for all but the original.</summary>
    private sealed class TimedRuntime(Graph original, Func<int, double> factor) : IRuntime
    {
        private const double Milliseconds = 20;
        private int _prepared;

        public string Name => "timed";

        public double ShareOf(Graph graph) => (double)MultiplyAccumulates.Of(graph) / MultiplyAccumulates.Of(original);

        public IRunnable Prepare(Model model, RunOptions options = default)
        {
            _prepared++;
            double share = ShareOf(model.Graph);
            return new Timed(model.Graph, TimeSpan.FromMilliseconds(Milliseconds * share * (share < 1 ? factor(_prepared) : 1)));
        }

        public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => throw new NotSupportedException();
    }

    private sealed class Timed(Graph graph, TimeSpan time) : IRunnable
    {
        public Graph Graph => graph;

        public IReadOnlyList<Tensor> RunAll(Tensor input)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            while (System.Diagnostics.Stopwatch.GetElapsedTime(start) < time)
            {
                Thread.SpinWait(100);
            }

            return [Tensor.Zeros(graph.ShapeOf(graph.Outputs[0]).Prepend(1))];
        }

        public void Dispose()
        {
        }
    }
}
