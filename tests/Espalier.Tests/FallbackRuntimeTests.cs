using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests;

public sealed class FallbackRuntimeTests
{
    private static readonly Model s_model = Zoo.Create("cifar_resnet8").Initialize(1);

    [Fact]
    public void The_preferred_runtime_is_used_until_it_refuses_a_model()
    {
        var small = new Small();
        List<string> notes = [];
        var runtime = new FallbackRuntime(small, Runtimes.Cpu, reason => notes.Add(reason.Message));

        runtime.Prepare(s_model).Dispose();
        Assert.Equal(("small", 1), (runtime.Name, small.Prepared));
        Assert.Empty(notes);

        small.IsFull = true;
        runtime.Prepare(s_model).Dispose();
        runtime.PrepareTraining(s_model, new TrainingRunOptions()).Dispose();
        Assert.Equal(("cpu", 1), (runtime.Name, small.Prepared));
        Assert.Equal(["no memory left"], notes);
    }

    [Fact]
    public void A_model_that_both_refuse_is_an_error_and_no_fallback()
    {
        var runtime = new FallbackRuntime(new Small { IsFull = true }, new Small { IsFull = true }, _ => Assert.Fail("nothing was run by the other runtime"));

        Assert.Throws<EspalierException>(() => runtime.Prepare(s_model));
        Assert.Throws<EspalierException>(() => runtime.PrepareTraining(s_model, new TrainingRunOptions()));
        Assert.Equal("small", runtime.Name);
    }

    /// <summary>A runtime whose memory can be full.</summary>
    private sealed class Small : IRuntime
    {
        public string Name => "small";

        internal bool IsFull { get; set; }

        internal int Prepared { get; private set; }

        public IRunnable Prepare(Model model, RunOptions options = default)
        {
            RequireSpace();
            Prepared++;
            return Runtimes.Cpu.Prepare(model, options);
        }

        public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options)
        {
            RequireSpace();
            return Runtimes.Cpu.PrepareTraining(model, options);
        }

        private void RequireSpace()
        {
            if (IsFull)
            {
                throw new EspalierException("no memory left");
            }
        }
    }
}
