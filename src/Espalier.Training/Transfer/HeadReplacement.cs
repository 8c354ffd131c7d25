using System.Globalization;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>
/// Replaces the last layer of a classifier by a newly initialized one for other classes, as the first step of transfer learning: a fully connected layer, or a 1x1
/// convolution before the global average pool, as in SqueezeNet.
/// </summary>
/// <param name="classes">The number of classes of the new layer.</param>
/// <param name="seed">The random seed of its initialization.</param>
public sealed class HeadReplacement(int classes, ulong seed) : Pass
{
    /// <inheritdoc/>
    public override string Name => "replace head";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    /// <exception cref="GraphException">The network does not end with such a layer.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Node head = Find(model.Graph);
        Node replaced = head with { Op = head.Op is Conv2d conv ? conv with { OutChannels = classes } : (Linear)head.Op with { OutFeatures = classes } };
        Patch patch = new Patch($"{head.Name} for {classes} classes").Put(replaced);
        foreach ((string name, Parameter parameter) in Begin(replaced).Parameters)
        {
            patch = patch.Set(name, parameter);
        }

        return new PassPlan([patch], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan) =>
        [new("classes", classes.ToString(CultureInfo.InvariantCulture)), new("seed", seed.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Returns the model with the new head and the labels of the new classes.</summary>
    /// <param name="model">A classifier.</param>
    /// <param name="labels">The labels of the new classes, or empty if they are not known.</param>
    /// <exception cref="GraphException">The network does not end with a fully connected layer, nor with a 1x1 convolution and a global average pool.</exception>
    public Model Apply(Model model, ValueList<string> labels)
    {
        Model changed = model.ApplyAndRecord(this);
        return changed.With(changed.Metadata with { Labels = labels });
    }

    /// <summary>Returns the fully connected layer that computes the output, directly or followed by a softmax, or the 1x1 convolution whose averages (after a ReLU, if there is one) are the output.</summary>
    /// <exception cref="GraphException">The network ends with neither.</exception>
    public static Node Find(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return TryFind(graph) ?? throw Missing(SkipBack(graph, graph.Outputs[0], op => op is Softmax or Dropout));
    }

    /// <summary>The same, or <see langword="null"/> if the network ends with another layer.</summary>
    internal static Node? TryFind(Graph graph)
    {
        Node last = SkipBack(graph, graph.Outputs[0], op => op is Softmax or Dropout);
        return last.Op is Linear ? last : TryFindConvolution(graph, last);
    }

    private static Node? TryFindConvolution(Graph graph, Node last)
    {
        Node pool = SkipBack(graph, last.Name, op => op is Flatten);
        if (pool.Op is not AdaptiveAveragePool { Output: { Height: 1, Width: 1 } })
        {
            return null;
        }

        Node before = SkipBack(graph, pool.Inputs[0], op => op is Relu);
        return before.Op is Conv2d { Kernel: { Height: 1, Width: 1 }, Groups: 1, Bias: true } ? before : null;
    }

    private static Node SkipBack(Graph graph, string name, Predicate<Op> skipped)
    {
        Node node = graph[name];
        while (skipped(node.Op))
        {
            node = graph[node.Inputs[0]];
        }

        return node;
    }

    private static GraphException Missing(Node last) =>
        new(last.Name, $"expected the network to end with a fully connected layer, or with a 1x1 convolution and a global average pool, found {last.Op}");

    /// <summary>Initializes a network that consists of the head alone; initialization depends only on name, shape and op.</summary>
    private Model Begin(Node head)
    {
        const string Features = "input";
        Shape shape = head.Op is Conv2d conv ? [conv.InChannels, 1, 1] : [((Linear)head.Op).InFeatures];
        var graph = new Graph([new Node(Features, new Input(shape), []), head with { Inputs = [Features] }], [head.Name]);
        return new NetworkDefinition(graph, ModelMetadata.None) { Initialization = new() { Convolution = WeightInitialization.NormalHundredth } }.Initialize(seed);
    }
}
