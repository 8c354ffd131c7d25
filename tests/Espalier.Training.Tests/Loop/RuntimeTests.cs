using Espalier.Execution;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>A training runs on whatever runtime it is given.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public void The_reference_trains_what_the_vector_kernels_train()
    {
        TrainingOptions options = TinyTraining.Options with { Epochs = 1 };
        using var fast = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), options);
        using var naive = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), options with { Runtime = ReferenceRuntime.Instance });

        EpochRecord expected = fast.Run(cancellation: TestContext.Current.CancellationToken).History[^1], actual = naive.Run(cancellation: TestContext.Current.CancellationToken).History[^1];

        Assert.Equal(expected.TrainingLoss, actual.TrainingLoss, 1e-3 * expected.TrainingLoss);
        Assert.NotEqual(expected.TrainingLoss, actual.TrainingLoss); // or the option would have changed nothing
    }

    [Fact]
    public void A_trainer_has_no_runtime_of_its_own() =>
        Assert.Contains("Runtimes.Cpu", Assert.Throws<ArgumentException>(() => new Trainer(TinyTraining.Network(), TinyTraining.Loader(), TinyTraining.Options with { Runtime = null })).Message, StringComparison.Ordinal);
}
