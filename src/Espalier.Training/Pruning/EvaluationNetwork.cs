using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Converts a network to its inference behaviour for use in a training plan: without random operations, and with unchanged parameter names.</summary>
internal static class EvaluationNetwork
{
    /// <summary>Returns the model without dropout and with stochastic depth replaced by the weighted sum that it computes at inference.</summary>
    internal static Model Of(Model model)
    {
        Model still = model.Apply(new DropoutRemoval());
        return still.Apply(still.Graph.Nodes.Where(node => node.Op is StochasticDepth).Select(node => Sum(still.Graph, node)));
    }

    private static Patch Sum(Graph graph, Node node)
    {
        (double shortcut, double branch) = ((StochasticDepth)node.Op).InferenceFactors;
        var patch = new Patch($"{node.Name} is a sum");
        if (shortcut == 0 || branch == 0)
        {
            return patch.Redirect(node.Name, node.Inputs[shortcut == 0 ? 1 : 0]);
        }

        patch = Scaled(patch, graph, node, 0, shortcut, out string first);
        patch = Scaled(patch, graph, node, 1, branch, out string second);
        return patch.Put(new Node(node.Name, new Add(), [first, second]));
    }

    /// <summary>Multiplies by a factor with a depthwise 1x1 convolution; folding the factor into a layer's weights would change their gradient.</summary>
    private static Patch Scaled(Patch patch, Graph graph, Node node, int input, double factor, out string name)
    {
        name = node.Inputs[input];
        if (factor == 1)
        {
            return patch;
        }

        int channels = graph.ShapeOf(name)[0];
        bool isMap = graph.ShapeOf(name).Rank == 3;
        Op op = isMap ? new Conv2d(channels, channels, 1) { Groups = channels, Bias = false } : new Linear(channels, channels) { Bias = false };
        float[] weight = new float[isMap ? channels : channels * channels];
        for (int i = 0; i < channels; i++)
        {
            weight[isMap ? i : i * (channels + 1)] = (float)factor;
        }

        var scale = new Node($"{node.Name}.factor{input}", op, [name]);
        name = scale.Name;
        return patch.Put(scale).Set(scale.Parameter("weight"), new Parameter(Tensor.From<float>(isMap ? [channels, 1, 1, 1] : [channels, channels], weight)) { Trainable = false });
    }
}
