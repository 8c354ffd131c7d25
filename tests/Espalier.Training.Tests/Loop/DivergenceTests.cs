using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

public sealed class DivergenceTests
{
    [Fact]
    public void Divergence_is_one_clear_error()
    {
        using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), TinyTraining.Options with { LearningRate = 1e30, Schedule = new ConstantSchedule() });
        EspalierException error = Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("training diverged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_leaves_the_weights_alone()
    {
        Model before = TinyTraining.Network();
        static Tensor Mislead(Tensor images) => Tensor.From([images.Shape[0], TinyTraining.Classes], [.. Enumerable.Repeat(float.NaN, images.Shape[0] * TinyTraining.Classes)]);
        using var trainer = new Trainer(before, TinyTraining.Loader(), TinyTraining.Options with { Objective = new Distillation(Mislead) });
        Assert.Contains("the loss became NaN at step 1", Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        foreach ((string name, Parameter parameter) in trainer.Checkpoint().Model.Parameters.Where(each => each.Value.Trainable))
        {
            Assert.True(parameter.Value.BitEquals(before.Parameters[name].Value), name);
        }
    }

    [Fact]
    public void Weights_that_are_no_numbers_do_not_replace_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var files = new TrainingFolder(folder["run"]);
        TrainingOptions options = TinyTraining.Options with { LearningRate = 1e300, Schedule = new ConstantSchedule(), CheckpointSteps = 1 };
        using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), options) { Folder = files };
        string message = Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken)).Message;
        Assert.Contains("no longer finite after step 1: training diverged", message, StringComparison.Ordinal);
        Assert.False(File.Exists(files.Checkpoint));
    }

    [Fact]
    public void Weights_that_were_no_numbers_to_begin_with_did_not_diverge()
    {
        Model model = TinyTraining.Network();
        Tensor variance = model.Parameters["block.bn.running_var"].Value.Copy();
        variance.Write<float>()[2] = float.PositiveInfinity;
        model = model.With(model.Parameters.With("block.bn.running_var", new Parameter(variance)));
        string message = Assert.Throws<EspalierException>(() => new Trainer(model, TinyTraining.Loader(), TinyTraining.Options)).Message;
        Assert.Equal("'block.bn.running_var' contains Infinity; expected finite values, since training cannot start from others", message);
    }

    [Fact]
    public void No_validation_sees_weights_that_are_no_numbers()
    {
        int validations = 0;
        TrainingOptions options = TinyTraining.Options with { Epochs = 1, LearningRate = 1e300, Schedule = new ConstantSchedule() };
        using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(batch: 8, count: 8), options) // one step
        {
            Validate = (_, _) => new Evaluation(validations++, 0),
        };
        Assert.Contains("training diverged", Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Equal(0, validations);
    }
}
