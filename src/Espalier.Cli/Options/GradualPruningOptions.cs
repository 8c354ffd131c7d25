using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options for gradual pruning during training, and for sparsity training of the weights of norms.</summary>
internal sealed class GradualPruningOptions
{
    private readonly Option<double> _sparsity = DecimalOptions.Create("--prune-to", "Prunes this fraction of the weights during training, by the cubic schedule of gradual pruning.", 0, 1);
    private readonly Option<string?> _method = new("--prune-method") { Description = $"The criterion that ranks weights: {WeightMethods.Names}; l1 by default. gradient and taylor use the last step's gradients.", HelpName = "NAME", CompletionSources = { "l1", "l2", "linf", "lamp", "gradient", "taylor", "random" } };
    private readonly Option<double> _from = DecimalOptions.Create("--prune-from", "The epoch at whose start pruning begins.", 0, double.MaxValue, 0, "EPOCH");
    private readonly Option<double> _until = DecimalOptions.Create("--prune-until", "The epoch at whose start pruning ends; by default three quarters of all epochs.", 0, double.MaxValue, null, "EPOCH");
    private readonly Option<int> _every = NumberOptions.Create("--prune-every", "Steps between two pruning steps.", 1, int.MaxValue, 100);
    private readonly Option<bool> _global = new("--prune-global") { Description = "Ranks the weights of all layers together instead of each layer separately." };
    private readonly Option<string?> _pattern = new("--prune-pattern") { Description = "The unit of pruning: element (the default), or blocks of 4x1 or 1x4 weights.", HelpName = "NAME", CompletionSources = { "element", "4x1", "1x4" } };
    private readonly Option<bool> _branches = new("--prune-branches") { Description = "Prunes multi-branch blocks by the layer that each folds into, in all branches together, as 'prune --branches' does. Branches of several layers are merged into one layer first." };
    private readonly Option<double> _normScaleDecay = DecimalOptions.Create("--norm-scale-decay", "Sparsity training: the factor of an L1 penalty on the weights of norms, such as 1e-4, so that 'prune --channels --importance bn' finds channels to remove.", 0, double.MaxValue, 0);

    internal void AddTo(Command command) => command.AddAll(_sparsity, _method, _from, _until, _every, _global, _pattern, _branches, _normScaleDecay);

    /// <summary>The training options with those of this group.</summary>
    internal TrainingOptions Apply(ParseResult parsed, TrainingOptions options) =>
        options with
        {
            Extensions =
            [
                .. options.Extensions,
                .. Pruning(parsed, options) is { } pruning ? (ITrainingExtension[])[pruning] : [],
                .. parsed.GetValue(_normScaleDecay) is > 0 and double strength ? (ITrainingExtension[])[new NormScalePenalty(strength)] : [],
            ],
        };

    /// <summary>The network prepared for pruning during training.</summary>
    internal Model Prepare(ParseResult parsed, Model model) => parsed.GetValue(_branches) ? model.MergeBranchChains() : model;

    private GradualPruning? Pruning(ParseResult parsed, TrainingOptions options)
    {
        if (parsed.Given(_sparsity) is not double sparsity)
        {
            Option? stray = Array.Find<Option>([_method, _from, _until, _every, _global, _pattern, _branches], option => parsed.GetResult(option) is { Implicit: false });
            return stray is null ? null : throw new EspalierException($"{stray.Name} is for pruning during training and requires --prune-to, such as --prune-to 0.9");
        }

        (double from, double? until) = (parsed.GetValue(_from), parsed.Given(_until));
        if (from > options.Epochs || until > options.Epochs || until < from)
        {
            throw new EspalierException($"--prune-from and --prune-until must be ascending and between 0 and the {options.Epochs} epochs of the training; found {from} and {until ?? options.Epochs}");
        }

        WeightPruning weights = WeightMethods.Request(parsed.GetValue(_method) ?? "l1", "--prune-method") with
        {
            Pattern = Pattern(parsed.GetValue(_pattern) ?? "element"),
            IsGlobal = parsed.GetValue(_global),
            Seed = options.Seed,
            Branches = parsed.GetValue(_branches),
        };
        return weights.Branches && weights.Needs != PruningNeeds.None
            ? throw new EspalierException("--prune-branches ranks the weights of folded layers, which have no gradients, repeatedly; use --prune-method l1, l2, linf or lamp")
            : new GradualPruning(weights, sparsity) { From = from, Until = until, Every = parsed.GetValue(_every) };
    }

    private static WeightPattern Pattern(string name) => name is "element" or "4x1" or "1x4"
        ? WeightPattern.Find(name)!.Value
        : throw new EspalierException($"there is no --prune-pattern {name}; there are element, 4x1 and 1x4");
}
