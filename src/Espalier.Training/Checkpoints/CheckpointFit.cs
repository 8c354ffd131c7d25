using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Whether a training can go on from a checkpoint.</summary>
internal static class CheckpointFit
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The model that the training began with.</param>
    /// <param name="epochs">Of the training.</param>
    /// <param name="stepsPerEpoch">Of the data.</param>
    /// <param name="changesMasks">Whether the training prunes; that it prunes the same way, the settings tell.</param>
    /// <exception cref="EspalierException">It cannot; the message says why.</exception>
    internal static void Require(TrainingCheckpoint checkpoint, Model model, int epochs, int stepsPerEpoch, bool changesMasks)
    {
        if (!checkpoint.Model.Graph.Equals(model.Graph))
        {
            throw new EspalierException("the checkpoint is of another network than the one that is to be trained");
        }

        foreach ((string name, Parameter parameter) in model.Parameters.Where(_ => !changesMasks))
        {
            RequireSameMask(name, parameter.Mask, checkpoint.Model.Parameters.TryGetValue(name, out Parameter? then) ? then.Mask : null);
        }

        (int epoch, int batch, int finished) = (checkpoint.Position.Epoch, checkpoint.Position.Batch, checkpoint.History.Count);
        bool pending = batch == 0 && checkpoint.Totals.Images > 0; // all batches done, the validation not
        bool best = checkpoint.Best.Model is null || (checkpoint.Best.Epoch >= 1 && checkpoint.Best.Epoch <= finished);
        if (epoch > epochs || batch >= stepsPerEpoch || finished != epoch - (pending ? 1 : 0) || !best)
        {
            throw new EspalierException($"the checkpoint stands at epoch {epoch + 1}, batch {batch + 1}, with {finished} finished epochs, the best of them {checkpoint.Best.Epoch}: that cannot be");
        }
    }

    private static void RequireSameMask(string name, Tensor? now, Tensor? then)
    {
        bool same = now is null || then is null ? now == then : now.To(ElementType.Float32).BitEquals(then.To(ElementType.Float32));
        if (!same)
        {
            throw new EspalierException($"'{name}' is pruned in another way in the checkpoint than in the model that is to be trained");
        }
    }
}
