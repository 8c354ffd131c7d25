using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>An extension of the training loop, such as weight averaging, gradient clipping or gradual pruning; see <see cref="TrainingOptions.Extensions"/>.</summary>
/// <remarks>
/// An extension holds settings and no state, so that the same options can be used for several training runs; the state of one run is in the <see cref="TrainingHooks"/> that <see cref="Begin"/> creates. The effect of the hooks must be a
/// function of the settings, the step and the parameters, and must not depend on the number of threads, so that a resumed run is bit-identical.
/// </remarks>
public interface ITrainingExtension
{
    /// <summary>The name of the extension, unique within a training run; checkpoints store its state under this name.</summary>
    string Name { get; }

    /// <summary>The settings that its result depends on, at least one. They are written into the lineage and compared when a training run is resumed.</summary>
    ValueList<LineageSetting> Settings { get; }

    /// <summary>Changes the options with which the runtime prepares the training run.</summary>
    TrainingRunOptions Configure(TrainingRunOptions plan) => plan;

    /// <summary>Creates the hooks and the state for one training run.</summary>
    /// <param name="training">The model, parameters and extents of the training run, which the hooks may read and change.</param>
    /// <exception cref="EspalierException">The extension cannot be used with this network.</exception>
    TrainingHooks Begin(TrainingContext training);
}

/// <summary>The callbacks of an extension in one training run. With several extensions, each callback is called for all of them, in their order, before the next callback. All calls are made on the trainer's thread.</summary>
public abstract class TrainingHooks
{
    /// <summary>Whether the extension changes masks; if so, the masks of a checkpoint may differ from those of the model to train.</summary>
    public virtual bool ChangesMasks => false;

    /// <summary>Called before the forward pass. An implementation that changes values here, such as rounding for quantization, must call <see cref="TrainingContext.ValuesChanged"/>.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public virtual void BeforeStep(long step)
    {
    }

    /// <summary>Called when the gradients of the whole batch are computed; the implementation may add to them or replace them.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public virtual void GradientsReady(long step)
    {
    }

    /// <summary>Called after all extensions have changed the gradients and the gradients of masked elements are set to 0; gradients may be clipped here.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public virtual void BeforeUpdate(long step)
    {
    }

    /// <summary>Called after the optimizer's update. Values and masks may be changed, followed by <see cref="TrainingContext.ValuesChanged"/> or by means of <see cref="TrainingContext.Mask"/>.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public virtual void AfterUpdate(long step)
    {
    }

    /// <summary>Called when values have their final state of this step.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public virtual void StepDone(long step)
    {
    }

    /// <summary>Returns the model to validate and keep in place of the newest one, such as one with averaged weights.</summary>
    /// <param name="newest">The newest model, or the result of the preceding extension.</param>
    public virtual Model Candidate(Model newest) => newest;

    /// <summary>Returns whether the current model may become the best one.</summary>
    /// <param name="steps">The number of steps done.</param>
    public virtual bool CanBeBest(long steps) => true;

    /// <summary>Returns the state to save in a checkpoint, without copying: the tensors may change with the next step.</summary>
    public virtual StateDict State() => new([]);

    /// <summary>Restores the state from a checkpoint.</summary>
    /// <param name="state">The tensors that <see cref="State"/> returned; empty if the checkpoint has none.</param>
    /// <exception cref="EspalierException">The state is that of another network.</exception>
    public virtual void Restore(StateDict state)
    {
    }
}
