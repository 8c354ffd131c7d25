using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Checks that a training run can be resumed from a checkpoint.</summary>
internal static class CheckpointFit
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The model that the training run started from.</param>
    /// <param name="epochs">The number of epochs of the training run.</param>
    /// <param name="stepsPerEpoch">The number of batches in an epoch of the data.</param>
    /// <param name="changesMasks">Whether the training run changes masks by pruning. If so, masks are not compared; the comparison of the settings covers how it prunes.</param>
    /// <exception cref="EspalierException">Network, masks or position do not fit; the message says which.</exception>
    internal static void Require(TrainingCheckpoint checkpoint, Model model, int epochs, int stepsPerEpoch, bool changesMasks)
    {
        if (!checkpoint.Model.Graph.Equals(model.Graph))
        {
            throw new EspalierException("the checkpoint is of another network than the model to train");
        }

        foreach ((string name, Parameter parameter) in model.Parameters.Where(_ => !changesMasks))
        {
            RequireSameMask(name, parameter.Mask, checkpoint.Model.Parameters.TryGetValue(name, out Parameter? then) ? then.Mask : null);
        }

        (int epoch, int batch, int finished) = (checkpoint.Position.Epoch, checkpoint.Position.Batch, checkpoint.History.Count);
        bool pending = batch == 0 && checkpoint.Totals.Images > 0; // all batches are done, but not the validation
        bool best = checkpoint.Best.Model is null || (checkpoint.Best.Epoch >= 1 && checkpoint.Best.Epoch <= finished);
        if (epoch > epochs || batch >= stepsPerEpoch || finished != epoch - (pending ? 1 : 0) || !best)
        {
            throw new EspalierException($"the checkpoint is at epoch {epoch + 1}, batch {batch + 1}, with {finished} finished epochs and the best model from epoch {checkpoint.Best.Epoch}; these do not fit together or to a run of {epochs} epochs of {stepsPerEpoch} batches");
        }
    }

    private static void RequireSameMask(string name, Tensor? now, Tensor? then)
    {
        bool same = now is null || then is null ? now == then : now.To(ElementType.Float32).BitEquals(then.To(ElementType.Float32));
        if (!same)
        {
            throw new EspalierException($"'{name}' has another pruning mask in the checkpoint than in the model to train");
        }
    }
}
