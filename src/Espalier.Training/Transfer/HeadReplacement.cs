using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Replaces the classifier of a network by a newly initialized one for other classes, as the first step of transfer learning. The classifier of each further output (Szegedy 2014's auxiliary classifiers) is replaced too.</summary>
/// <remarks>
/// A network of features, such as a backbone without its last layer, gets a classifier: global average pooling where its output has more than one pixel, a flatten, and a fully connected layer <c>fc</c>.
/// If it has several outputs, such as the feature maps of its stages, the classifier reads the last of those that no other layer reads. It becomes the only output; layers that only the others needed are removed.
/// </remarks>
/// <param name="classes">The number of classes of the new layer.</param>
/// <param name="seed">The random seed of its initialization.</param>
public sealed class HeadReplacement(int classes, ulong seed) : Pass
{
    /// <inheritdoc/>
    public override string Name => "replace head";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ImmutableArray<Node> heads = ClassifierHeads.Of(model.Graph, model.Metadata);
        return new PassPlan(heads.IsEmpty ? [Added(model.Graph)] : [.. heads.Select(head => Replaced(model.Graph, head))], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan) =>
        [new("classes", classes.ToString(CultureInfo.InvariantCulture)), new("seed", seed.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Returns the model with the new head and the labels of the new classes.</summary>
    /// <param name="model">A classifier, or a network of features.</param>
    /// <param name="labels">The labels of the new classes, or empty if they are not known.</param>
    public Model Apply(Model model, ValueList<string> labels)
    {
        Model changed = model.ApplyAndRecord(this);
        return changed.With(changed.Metadata with { Labels = labels });
    }

    /// <summary>Returns the layer that would be replaced, the classifier of the first output that has one: a fully connected layer, or a convolution whose outputs are averaged. Returns <see langword="null"/> for a network of features.</summary>
    /// <param name="graph">The network's graph.</param>
    /// <param name="metadata">The network's metadata.</param>
    public static Node? Find(Graph graph, ModelMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(metadata);
        return ClassifierHeads.Of(graph, metadata).FirstOrDefault();
    }

    private Patch Replaced(Graph graph, Node head)
    {
        if (QuantizedLayer.Is(head.Op))
        {
            throw new GraphException(head.Name, "it is the classifier and has quantized weights, whose scales are not those of other classes: replace it before the network is quantized");
        }

        Op op = head.Op is Conv2d convolution ? convolution with { OutChannels = classes } : (Linear)head.Op with { OutFeatures = classes };
        Node replaced = head with { Op = op };
        return Begin(new Patch($"{head.Name} for {classes} classes").Put(replaced), replaced, graph.ShapeOf(head.Inputs[0]));
    }

    private Patch Added(Graph graph)
    {
        string features = FeaturesOf(graph), last = features;
        var patch = new Patch($"a classifier of {classes} classes after {last}");
        Shape shape = graph.ShapeOf(last);
        if (shape.Rank == 3 && shape.Count > shape[0])
        {
            Then("avgpool", new AdaptiveAveragePool(1));
        }

        if (shape.Rank == 3)
        {
            Then("flatten", new Flatten());
        }

        Node head = Then("fc", new Linear(shape[0], classes));
        patch = graph.Outputs.Where(output => output != features).Aggregate(patch.ReplaceOutput(features, head.Name), (patch, other) => patch.RemoveOutput(other));
        return Begin(patch, head, [shape[0]]);

        Node Then(string name, Op op)
        {
            var node = new Node(graph.FreeName(name), op, [last]);
            patch = patch.Put(node);
            last = node.Name;
            return node;
        }
    }

    /// <summary>The last output that no node reads; there is one, because every node leads to an output. Outputs that others are computed from are inner feature maps.</summary>
    private static string FeaturesOf(Graph graph) => graph.Outputs.Last(output => graph.UsersOf(output).Length == 0);

    /// <summary>Adds the initial parameters of a head. They depend only on its name, shape and op, as if the network consisted of it alone.</summary>
    private Patch Begin(Patch patch, Node head, Shape input)
    {
        const string Features = "input";
        var graph = new Graph([new Node(Features, new Input(input), []), head with { Inputs = [Features] }], [head.Name]);
        foreach ((string name, Parameter parameter) in new NetworkDefinition(graph, ModelMetadata.None) { Initialization = new() { Convolution = WeightInitialization.NormalHundredth } }.Initialize(seed).Parameters)
        {
            patch = patch.Set(name, parameter);
        }

        return patch;
    }
}
