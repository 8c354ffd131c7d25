using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Builds blocks of <see cref="MultiBranchBlocks"/> as separate models, which can replace convolutions (<c>ConvolutionExpansion</c>).</summary>
public static class MultiBranchModels
{
    /// <summary>Builds a block with initialized parameters that folds into a convolution with the given attributes.</summary>
    /// <param name="scope">The block's scope, which is the convolution's name.</param>
    /// <param name="convolution">The convolution to replace.</param>
    /// <param name="input">The shape of the convolution's input: channels, height, width.</param>
    /// <param name="block">The function that builds the block, such as <c>MultiBranchBlocks.DiverseBranchBlock</c>.</param>
    /// <param name="gamma">Initial weight of the batch norms before the sum. With 0 the output of the added branches is initially zero; they are trained because the gradient of the norms' weights is not zero.</param>
    /// <param name="seed">Random seed; equal seeds give equal weights.</param>
    /// <exception cref="GraphException">The convolution has less padding than is needed to keep the size, so that the block's smaller kernels would start inside the input; or the block does not support the convolution's attributes.</exception>
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
                $"the block's smaller kernels are centred in its {convolution.Kernel} kernel; with padding {convolution.Padding} they would start inside the input, which would need a crop op");
        }

        var net = new GraphBuilder();
        Graph graph = net.Build(block(net.Input(input), scope, options));
        Model model = new NetworkDefinition(graph, ModelMetadata.None).Initialize(seed);
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
