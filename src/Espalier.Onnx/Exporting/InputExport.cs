using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>What the ONNX graph takes: the network's own input, or pixels that become it within the graph.</summary>
/// <param name="normalization">How pixels become floats, or <see langword="null"/> where the graph takes the network's own input.</param>
internal sealed class InputExport(Normalization? normalization)
{
    private const float LargestByte = 255;

    /// <summary>The input of a model for the given options.</summary>
    /// <exception cref="EspalierException">Preprocessing is to be part of the graph, but the model has none that fits, or does not take one image.</exception>
    internal static InputExport Of(Model model, OnnxWriteOptions options)
    {
        if (!options.WithPreprocessing)
        {
            return new InputExport(null);
        }

        Shape input = model.Graph.ShapeOf(model.Graph.Input.Name);
        Normalization normalization = model.Metadata.Preprocessing?.Normalization
            ?? throw new EspalierException("the model does not say how images become inputs, so its preprocessing cannot be part of the ONNX graph");
        return input.Rank != 3 || input[0] is not (1 or 3)
            ? throw new EspalierException($"the network takes inputs of {input}, which are not colour or gray images, so preprocessing cannot be part of the ONNX graph")
            : normalization.Refusal(input) is string refusal ? throw new EspalierException(refusal)
            : new InputExport(normalization);
    }

    /// <summary>Declares the input, and adds the nodes that convert pixels.</summary>
    /// <returns>The name of the network's input.</returns>
    internal string Write(NodeExport node)
    {
        Shape input = node.OutputShape;
        if (normalization is null)
        {
            node.Target.AddInput(node.Value, TensorProto.Types.DataType.Float, input);
            return node.Value;
        }

        string pixels = node.Target.Unique("pixels");
        node.Target.AddInput(pixels, TensorProto.Types.DataType.Uint8, [input[1], input[2], input[0]]);
        return Normalize(node, pixels, normalization);
    }

    /// <summary>As torchvision's ToTensor and Normalize do it: divide by 255, subtract the means, divide by the deviations, each rounded to float32.</summary>
    private static string Normalize(NodeExport node, string pixels, Normalization normalization)
    {
        string value = node.Step("Cast", [pixels], Integer("to", (long)TensorProto.Types.DataType.Float));
        value = node.Step("Transpose", [value], Integers("perm", 0, 3, 1, 2));
        if (normalization is { Order: ChannelOrder.Bgr, Channels: > 1 })
        {
            value = node.Step("Gather", [value, node.Integers("channels", 2, 1, 0)], Integer("axis", 1));
        }

        if (normalization.Range == PixelRange.Unit)
        {
            value = node.Step("Div", [value, node.Number(LargestByte)]);
        }

        value = node.Step("Sub", [value, PerChannel(node, "mean", normalization.Mean)]);
        string deviation = PerChannel(node, "standard_deviation", normalization.StandardDeviation);
        return normalization.MeanImage.Count == 0
            ? node.Result("Div", [value, deviation])
            : node.Result("Sub", [node.Step("Div", [value, deviation]), MeanImage(node, normalization)]);
    }

    private static string PerChannel(NodeExport node, string role, ValueList<float> values) =>
        node.Constant(role, Tensor.From([values.Count, 1, 1], values.Items.AsSpan()));

    private static string MeanImage(NodeExport node, Normalization normalization)
    {
        Shape shape = node.OutputShape;
        int plane = shape[1] * shape[2];
        float[] image = [.. normalization.MeanImage.Items.Select((value, i) => value / normalization.StandardDeviation[i / plane])];
        return node.Constant("mean_image", Tensor.From(shape, image));
    }
}
