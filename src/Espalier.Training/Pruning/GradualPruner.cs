using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Prunes a plan's weights at the steps that <see cref="GradualPruning"/> asks for: a function of the step and of the numbers, so a resumed training prunes the same.</summary>
internal sealed class GradualPruner
{
    private readonly GradualPruning _pruning;
    private readonly TrainingPlan _plan;
    private readonly Func<Model, WeightPruningOptions, WeightPruningReport> _prune;
    private readonly long _first;
    private readonly long _last;
    private readonly double _initial;

    internal GradualPruner(GradualPruning pruning, TrainingPlan plan, int epochs, int stepsPerEpoch)
    {
        (_pruning, _plan) = (pruning, plan);
        _prune = pruning.Branches ? BranchPruning.PruneBranches : WeightPruning.Prune;
        RequireBranches();
        (_first, _last) = pruning.Span(epochs, stepsPerEpoch);
        WeightPruningReport before = _prune(plan.Model, Options(PruneAmount.Sparsity(0))); // also says at once what is wrong with scopes and patterns
        _initial = (double)before.Removed / Math.Max(1, before.Weights);
    }

    /// <summary>Whether the network is as sparse as it is to be.</summary>
    internal bool IsDone(long steps) => steps >= _last;

    /// <summary>Prunes where an event is due, and tells whether one was.</summary>
    /// <param name="steps">How many steps are done.</param>
    internal bool Run(long steps)
    {
        bool isDue = steps >= _first && steps <= _last && ((steps - _first) % _pruning.Every == 0 || steps == _last);
        if (isDue)
        {
            double progress = _last == _first ? 1 : (double)(steps - _first) / (_last - _first);
            double sparsity = PruningSchedule.GradualCubic(_initial, Math.Max(_initial, _pruning.Sparsity), progress);
            _plan.Mask(_prune(_plan.ToModel(), Options(PruneAmount.Sparsity(sparsity))).After.Parameters);
        }

        return isDue;
    }

    private void RequireBranches()
    {
        if (_pruning.Branches && _pruning.Weights.Score is not (WeightScore.Magnitude or WeightScore.Lamp))
        {
            throw new ArgumentException($"Branches are pruned together by magnitude or LAMP, found {_pruning.Weights.Score}.");
        }

        if (_pruning.Branches && !ReferenceEquals(_plan.Model.MergeBranchChains(), _plan.Model))
        {
            throw new ArgumentException($"The network has branches of several layers, which cannot be pruned together while they train: begin with {nameof(BranchPruning.MergeBranchChains)}.");
        }
    }

    private WeightPruningOptions Options(PruneAmount amount) => _pruning.Weights with { Amount = amount, Gradients = GradientOf };

    private Tensor GradientOf(string name)
    {
        TrainingParameter? parameter = _plan.Parameters.FirstOrDefault(parameter => parameter.Name == name && parameter.Trainable);
        return parameter is null
            ? throw new PruningException(name, "is not trained, so there is no gradient to rank it by; exclude it, or rank by magnitude")
            : parameter.HasGradient ? Tensor.From<float>(parameter.Shape, parameter.Gradient.Span) : Tensor.Zeros(parameter.Shape);
    }
}
