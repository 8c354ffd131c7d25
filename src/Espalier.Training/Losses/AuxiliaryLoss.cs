using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>What the auxiliary classifiers of a network add to its loss (Szegedy 2014, "Going deeper with convolutions", §5): weight · Σ loss of each, by the same objective and targets as the first output's.</summary>
/// <remarks>Auxiliary classifiers are the outputs after the first that have its shape, that is as many classes. Other further outputs are not trained.</remarks>
/// <param name="Outputs">The auxiliary classifiers, as outputs of the graph; empty if they are not trained.</param>
/// <param name="Weight">The factor of their loss.</param>
internal sealed record AuxiliaryLoss(ValueList<string> Outputs, double Weight)
{
    private const double GoogLeNetWeight = 0.3; // Szegedy 2014, §5
    private const double InceptionWeight = 0.4; // torchvision's references/classification and PyTorch's tutorials
    private const string Inception = "inception_v3";

    /// <summary>For training on the first output alone.</summary>
    internal static AuxiliaryLoss None { get; } = new([], 0);

    /// <summary>The setting of a training run; none where no auxiliary classifier is trained, as in runs of versions that trained the first output alone.</summary>
    internal ValueList<LineageSetting> Settings =>
        Outputs.Count == 0 ? [] : [new(SettingNames.AuxiliaryWeight, Weight.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The auxiliary classifiers of a model, with the given weight or the usual one.</summary>
    /// <exception cref="EspalierException">A weight above 0 is given, but the model has no auxiliary classifier; or one ends with a softmax.</exception>
    internal static AuxiliaryLoss Of(Model model, double? weight)
    {
        Graph graph = model.Graph;
        string[] outputs = [.. graph.Outputs.Skip(1).Where(name => graph.ShapeOf(name) == graph.ShapeOf(graph.Outputs[0]))];
        if (outputs.Length == 0 && weight is double given and > 0)
        {
            throw new EspalierException(string.Create(
                CultureInfo.InvariantCulture,
                $"the weight of auxiliary classifiers is {given}, but the network has none: no output after its first one, {graph.Outputs[0]}, has its shape {graph.ShapeOf(graph.Outputs[0])}"));
        }

        if (outputs.Length == 0 || weight == 0)
        {
            return None;
        }

        if (Array.Find(outputs, name => graph[name].Op is Softmax) is string probabilities)
        {
            throw new EspalierException($"the auxiliary classifier '{probabilities}' ends with a softmax; training needs the logits before it, or an auxiliary weight of 0");
        }

        return new(ValueList.From(outputs), weight ?? UsualWeight(model.Metadata.Architecture));
    }

    private static double UsualWeight(string architecture) => architecture is Inception or $"{Inception}_aux" ? InceptionWeight : GoogLeNetWeight;
}
