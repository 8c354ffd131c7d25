using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Something that a training does besides its steps: averaging weights, clipping gradients, pruning. <see cref="TrainingOptions.Extensions"/> lists them.</summary>
/// <remarks>
/// It holds settings and no state, so that options can be used for several trainings: the state of one training lies in the <see cref="TrainingHooks"/> that <see cref="Begin"/> makes. What hooks do has to be a
/// function of the settings, the step and the parameters, and not of the number of threads, so that a resumed training has the same bits.
/// </remarks>
public interface ITrainingExtension
{
    /// <summary>Its name: there is one extension of a name in a training, and its state lies in checkpoints under it.</summary>
    string Name { get; }

    /// <summary>What its result depends on, at least one setting: written into the lineage and compared when a training is resumed.</summary>
    ValueList<LineageSetting> Settings { get; }

    /// <summary>Changes how the training plan is made.</summary>
    TrainingRunOptions Configure(TrainingRunOptions plan) => plan;

    /// <summary>Makes ready for one training.</summary>
    /// <param name="training">What hooks may look at and change.</param>
    /// <exception cref="EspalierException">It does not go with the network.</exception>
    TrainingHooks Begin(TrainingContext training);
}

/// <summary>What an extension does in one training, at fixed points. Of several extensions each is asked at a point, in their order, before any of them is at the next. All of it runs on the trainer's thread.</summary>
public abstract class TrainingHooks
{
    /// <summary>Whether it changes masks, so that a checkpoint's need not be those of the model that is trained.</summary>
    public virtual bool ChangesMasks => false;

    /// <summary>Before the forward pass. Whoever changes values here, as rounding them for quantization does, calls <see cref="TrainingContext.ValuesChanged"/>.</summary>
    /// <param name="step">The step, from 0 on.</param>
    public virtual void BeforeStep(long step)
    {
    }

    /// <summary>Gradients are those of the whole batch and may be added to or exchanged.</summary>
    /// <param name="step">The step, from 0 on.</param>
    public virtual void GradientsReady(long step)
    {
    }

    /// <summary>Gradients have got whatever is added to them, and what masks remove is 0 in them: they may be bounded.</summary>
    /// <param name="step">The step, from 0 on.</param>
    public virtual void BeforeUpdate(long step)
    {
    }

    /// <summary>The optimizer has made its step; values and masks may be changed, by <see cref="TrainingContext.ValuesChanged"/> and <see cref="TrainingContext.Mask"/>.</summary>
    /// <param name="step">The step, from 0 on.</param>
    public virtual void AfterUpdate(long step)
    {
    }

    /// <summary>Values are what they will be at the beginning of the next step.</summary>
    /// <param name="step">The step, from 0 on.</param>
    public virtual void StepDone(long step)
    {
    }

    /// <summary>The model that is validated and kept in place of the newest one.</summary>
    /// <param name="newest">The newest one, or what the extension before has made of it.</param>
    public virtual Model Candidate(Model newest) => newest;

    /// <summary>Whether a model may be taken for the best by now.</summary>
    /// <param name="steps">How many steps are done.</param>
    public virtual bool MayBeBest(long steps) => true;

    /// <summary>What it has to remember in a checkpoint; may be its own tensors, not copies.</summary>
    public virtual StateDict State() => new([]);

    /// <summary>Continues from the state of another training.</summary>
    /// <param name="state">What <see cref="State"/> gave; empty where the checkpoint has none.</param>
    /// <exception cref="EspalierException">It is that of another network.</exception>
    public virtual void Restore(StateDict state)
    {
    }
}
