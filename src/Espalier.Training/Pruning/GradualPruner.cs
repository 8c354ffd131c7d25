using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Prunes weights at the steps that <see cref="GradualPruning"/> determines. The result is a function of the step and of the weights, so a resumed training run prunes the same.</summary>
internal sealed class GradualPruner : TrainingHooks
{
    private readonly GradualPruning _pruning;
    private readonly TrainingContext _training;
    private readonly PruningContext _context;
    private readonly long _first;
    private readonly long _last;
    private readonly double _initial;

    internal GradualPruner(GradualPruning pruning, TrainingContext training)
    {
        (_pruning, _training) = (pruning, training);
        _context = new PruningContext { Gradients = _ => GradientOf };
        RequireBranches();
        RequireOwnWeights();
        (_first, _last) = pruning.Span(training.Epochs, training.StepsPerEpoch);
        PruningResult before = training.Model.Prune(At(0), _context); // also validates scopes and patterns before the first step
        _initial = (double)before.RemovedWeights / Math.Max(1, before.Weights);
    }

    /// <inheritdoc/>
    public override bool ChangesMasks => true;

    /// <inheritdoc/>
    public override bool CanBeBest(long steps) => steps >= _last; // before the last pruning step, a denser network would be chosen

    /// <inheritdoc/>
    public override void AfterUpdate(long step)
    {
        long steps = step + 1;
        if (steps >= _first && steps <= _last && ((steps - _first) % _pruning.Every == 0 || steps == _last))
        {
            double progress = _last == _first ? 1 : (double)(steps - _first) / (_last - _first);
            double sparsity = PruningSchedule.GradualCubic(_initial, Math.Max(_initial, _pruning.Sparsity), progress);
            PruningResult pruned = _training.ToModel().Prune(At(sparsity), _context);
            _training.Mask(pruned.Model.Parameters);
            _pruning.Pruned?.Invoke(new GradualPruningStep((int)(step / _training.StepsPerEpoch) + 1, steps, pruned.Weights, pruned.RemovedWeights));
        }
    }

    private void RequireBranches()
    {
        if (_pruning.Weights.Branches && _pruning.Weights.Criterion.Needs != PruningNeeds.None)
        {
            throw new ArgumentException($"Pruning branches together during training requires a criterion that needs only the weights, such as magnitude or LAMP; found {_pruning.Weights.Criterion.Name}.");
        }

        if (_pruning.Weights.Branches && !ReferenceEquals(_training.Model.MergeBranchChains(), _training.Model))
        {
            throw new ArgumentException($"The network has branches of several layers, which cannot be pruned together during training: start with {nameof(BranchPruning.MergeBranchChains)}.");
        }
    }

    private void RequireOwnWeights()
    {
        if (StandardizationRemoval.Changes(_training.Model))
        {
            throw new ArgumentException($"The network has convolutions of standardized weights, which are not zero where a mask is: start with {nameof(StandardizationRemoval)}.");
        }
    }

    private WeightPruning At(double sparsity) => _pruning.Weights with { Target = PruningTarget.Sparsity(sparsity) };

    private Tensor GradientOf(string name)
    {
        TrainingParameter? parameter = _training.Parameters.FirstOrDefault(parameter => parameter.Name == name && parameter.Trainable);
        return parameter is null
            ? throw new PruningException(name, "is not trained, so it has no gradient to rank by; exclude it, or rank by magnitude")
            : parameter.HasGradient ? Tensor.From<float>(parameter.Shape, parameter.Gradient.Span) : Tensor.Zeros(parameter.Shape);
    }
}
