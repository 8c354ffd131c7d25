using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Blocks of <see cref="MultiBranchBlocks"/> as models of their own, to take the place of convolutions.</summary>
public static class MultiBranchModels
{
    /// <summary>The block that folds into a convolution of the given form, with its first numbers.</summary>
    /// <param name="scope">The block's scope: the convolution's name.</param>
    /// <param name="convolution">The convolution.</param>
    /// <param name="input">What it reads: channels, height, width.</param>
    /// <param name="block">The block: <c>MultiBranchBlocks.DiverseBranchBlock</c>.</param>
    /// <param name="gamma">The weight of the norms that lead into the sum. With 0 the branches say nothing at first, and learn because the norms' weights do.</param>
    /// <param name="seed">The same seed draws the same weights.</param>
    /// <exception cref="GraphException">The convolution is padded by less than what keeps the size, so that the block's smaller kernels would have to begin inside the input; or the block has no such form.</exception>
    public static Model Build(string scope, Conv2d convolution, Shape input, Func<Value, string, MultiBranchOptions, Value> block, double gamma = 0, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(convolution);
        ArgumentNullException.ThrowIfNull(block);
        var options = new MultiBranchOptions(convolution.OutChannels)
        {
            Kernel = convolution.Kernel,
            Stride = convolution.Stride,
            Dilation = convolution.Dilation,
            Groups = convolution.Groups,
            Padding = convolution.Padding,
        };
        if (options.Kernel != 1 && options.CropsSmallerKernels)
        {
            GraphException.Throw(
                scope,
                $"the smaller kernels of a block see the middle of what its {convolution.Kernel} kernel sees, and with a padding of {convolution.Padding} that begins inside the input: they would need a crop, for which there is no op");
        }

        var net = new GraphBuilder();
        Graph graph = net.Build(block(net.Input(input), scope, options));
        Model model = new Blueprint(graph, ModelMetadata.None).Initialize(seed);
        return model.With(model.Parameters.With(Gammas(graph, gamma)));
    }

    private static IEnumerable<KeyValuePair<string, Parameter>> Gammas(Graph graph, double gamma)
    {
        foreach (Node norm in graph.Nodes.Where(node => node.Op is BatchNorm && graph.UsersOf(node.Name).All(user => user.Op is Add)))
        {
            float[] weight = new float[((BatchNorm)norm.Op).Channels];
            Array.Fill(weight, (float)gamma);
            yield return KeyValuePair.Create(norm.Parameter("weight"), new Parameter(Tensor.From<float>([weight.Length], weight)));
        }
    }
}
