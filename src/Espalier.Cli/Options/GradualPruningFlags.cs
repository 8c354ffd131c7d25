using System.CommandLine;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options that prune weights while a network is trained, and that make the factors of its norms sparse.</summary>
internal sealed class GradualPruningFlags
{
    private readonly Option<double> _sparsity = DecimalOption.Create("--prune-to", "Removes this share of the weights while training, by the cubic schedule of gradual pruning.", 0, 1);
    private readonly Option<string?> _method = new("--prune-method") { Description = $"By what weights are ranked: {WeightMethods.Names}; l1 unless given. gradient and taylor take the last step's gradients.", HelpName = "NAME", CompletionSources = { "l1", "l2", "linf", "lamp", "gradient", "taylor", "random" } };
    private readonly Option<double> _from = DecimalOption.Create("--prune-from", "The epoch at whose beginning it starts.", 0, double.MaxValue, 0, "EPOCH");
    private readonly Option<double> _until = DecimalOption.Create("--prune-until", "The epoch at whose beginning it ends: three quarters of all unless given.", 0, double.MaxValue, null, "EPOCH");
    private readonly Option<int> _every = NumberOption.Create("--prune-every", "Steps between two prunings.", 1, int.MaxValue, 100);
    private readonly Option<bool> _global = new("--prune-global") { Description = "Ranks all layers together rather than each alone." };
    private readonly Option<string?> _pattern = new("--prune-pattern") { Description = "What goes as one: element (the default), 4x1 or 1x4.", HelpName = "NAME", CompletionSources = { "element", "4x1", "1x4" } };
    private readonly Option<bool> _branches = new("--prune-branches") { Description = "Prunes blocks of several branches by the layer that each folds into, in all branches together, as 'prune --branches' does. Branches of several layers become one first." };
    private readonly Option<double> _normScaleDecay = DecimalOption.Create("--norm-scale-decay", "Sparsity training: an L1 penalty on the factors of norms, such as 1e-4, so that 'prune --channels --importance bn' finds channels to remove.", 0, double.MaxValue, 0);

    internal void AddTo(Command command)
    {
        command.AddAll(_sparsity, _method, _from, _until, _every, _global, _pattern, _branches, _normScaleDecay);
    }

    /// <summary>The same training with what these options say.</summary>
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

    /// <summary>The network as pruning while it is trained needs it.</summary>
    internal Model Prepare(ParseResult parsed, Model model) => parsed.GetValue(_branches) ? model.MergeBranchChains() : model;

    private GradualPruning? Pruning(ParseResult parsed, TrainingOptions options)
    {
        if (parsed.Given(_sparsity) is not double sparsity)
        {
            Option? stray = Array.Find<Option>([_method, _from, _until, _every, _global, _pattern, _branches], option => parsed.GetResult(option) is { Implicit: false });
            return stray is null ? null : throw new EspalierException($"{stray.Name} is about pruning while training: say how far with --prune-to, such as 0.9");
        }

        (double from, double? until) = (parsed.GetValue(_from), parsed.Given(_until));
        if (from > options.Epochs || until > options.Epochs || until < from)
        {
            throw new EspalierException($"--prune-from and --prune-until lie in this order between 0 and the {options.Epochs} epochs of the training; found {from} and {until ?? options.Epochs}");
        }

        WeightPruning weights = WeightMethods.Request(parsed.GetValue(_method) ?? "l1", "--prune-method") with
        {
            Pattern = Pattern(parsed.GetValue(_pattern) ?? "element"),
            IsGlobal = parsed.GetValue(_global),
            Seed = options.Seed,
            Branches = parsed.GetValue(_branches),
        };
        return weights.Branches && weights.Needs != PruningNeeds.None
            ? throw new EspalierException("--prune-branches ranks the weights of folded layers again and again; use --prune-method l1, l2, linf or lamp")
            : new GradualPruning(weights, sparsity) { From = from, Until = until, Every = parsed.GetValue(_every) };
    }

    private static WeightPattern Pattern(string name) => name is "element" or "4x1" or "1x4"
        ? WeightPattern.Find(name)!.Value
        : throw new EspalierException($"there is no --prune-pattern {name}; there are element, 4x1 and 1x4");
}
