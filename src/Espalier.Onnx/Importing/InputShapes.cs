using System.Globalization;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

namespace Espalier.Onnx;

/// <summary>Makes the network's inputs of those of the file: their shapes for one sample, and the order of their axes.</summary>
internal static class InputShapes
{
    private const int Map = 4; // axes of a batch of feature maps
    private const int Features = 2;

    /// <summary>Adds all inputs that a node reads.</summary>
    /// <exception cref="EspalierException">An input is neither a batch of feature maps nor of vectors, or an extent is neither in the file nor in the options.</exception>
    internal static void Add(ImportState state, OnnxGraph graph, OnnxReadOptions options)
    {
        foreach (ValueInfoProto input in graph.Inputs)
        {
            if (!state.IsRead(input.Name))
            {
                state.Note($"The input '{OnnxFile.Shown(input.Name)}' is read by no node and left out.");
                continue;
            }

            Add(state, graph, input, options);
        }
    }

    /// <summary>An input or output as text: <c>input: Float N x 3 x 224 x 224</c>.</summary>
    internal static string Describe(ValueInfoProto value)
    {
        TypeProto.Types.Tensor? tensor = value.Type?.TensorType;
        string dims = tensor?.Shape is null ? "of any shape" : string.Join(" x ", tensor.Shape.Dim.Select(Describe));
        return $"{OnnxFile.Shown(value.Name)}: {(tensor is null ? "no tensor" : $"{(DataType)tensor.ElemType} {dims}")}";
    }

    private static string Describe(TensorShapeProto.Types.Dimension dim) =>
        dim.HasDimValue ? dim.DimValue.ToString(CultureInfo.InvariantCulture) : dim.HasDimParam && dim.DimParam.Length > 0 ? OnnxFile.Shown(dim.DimParam) : "?";

    private static void Add(ImportState state, OnnxGraph graph, ValueInfoProto input, OnnxReadOptions options)
    {
        TensorShapeProto? shape = input.Type?.TensorType?.Shape;
        if (shape is null || shape.Dim.Count is not (Map or Features))
        {
            throw Refusal(state, input, "expected a batch of feature maps (4 axes) or of vectors (2 axes)");
        }

        if ((DataType)input.Type!.TensorType.ElemType is not (DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16 or DataType.Uint8))
        {
            throw Refusal(state, input, "expected numbers that are no integers, or bytes");
        }

        TakeBatch(state, input, shape.Dim[0]);
        bool isChannelsLast = shape.Dim.Count == Map && IsChannelsLast(graph, input.Name);
        int[] extents = [.. Enumerable.Range(1, shape.Dim.Count - 1).Select(axis => Extent(state, input, axis, isChannelsLast, options))];
        int[] sample = isChannelsLast ? [extents[2], extents[0], extents[1]] : extents;
        if (sample.Aggregate(1L, (product, extent) => Math.Min(product * extent, long.MaxValue / int.MaxValue)) > int.MaxValue)
        {
            throw Refusal(state, input, "which is larger than a sample can be");
        }

        DraftNode node = state.Draft.AddInput(Shape.Of(sample), input.Name);
        AxisView view = AxisView.Natural(node.Shape);
        if (isChannelsLast)
        {
            view = view.Transpose([0, 2, 3, 1]);
            state.Note($"The file's input '{OnnxFile.Shown(input.Name)}' has the order height x width x channels; here it is channels x height x width.");
        }

        state.Define(input.Name, new ValueOperand(new Expression(node), view, IsSole: false));
    }

    private static void TakeBatch(ImportState state, ValueInfoProto input, TensorShapeProto.Types.Dimension dim)
    {
        if (!dim.HasDimValue || dim.DimValue <= 0)
        {
            return;
        }

        if (state.BatchSize is long other && other != dim.DimValue)
        {
            throw Refusal(state, input, $"where another input has a batch of {other}");
        }

        state.BatchSize = dim.DimValue;
        state.Note($"The file is for batches of {dim.DimValue}; here the batch size is free.");
    }

    private static int Extent(ImportState state, ValueInfoProto input, int axis, bool isChannelsLast, OnnxReadOptions options)
    {
        TensorShapeProto.Types.Dimension dim = input.Type.TensorType.Shape.Dim[axis];
        if (dim.HasDimValue && dim.DimValue > 0)
        {
            return dim.DimValue <= int.MaxValue ? (int)dim.DimValue : throw Refusal(state, input, "which is larger than a sample can be");
        }

        string place = string.Create(CultureInfo.InvariantCulture, $"{input.Name}:{axis}");
        if ((options.Sizes.TryGetValue(place, out int given) || (dim.HasDimParam && options.Sizes.TryGetValue(dim.DimParam, out given))) && given > 0)
        {
            return given;
        }

        int row = isChannelsLast ? 1 : 2;
        bool isMap = input.Type.TensorType.Shape.Dim.Count == Map;
        return isMap && options.InputSize is Size size && axis == row ? size.Height
            : isMap && options.InputSize is Size also && axis == row + 1 ? also.Width
            : throw Refusal(state, input, $"whose axis {axis} is free: give its size as an option, by the name '{(dim.HasDimParam && dim.DimParam.Length > 0 ? OnnxFile.Shown(dim.DimParam) : OnnxFile.Shown(place))}'{(isMap && axis >= row ? " or as the input's height and width" : "")}");
    }

    /// <summary>Whether the first node that depends on the order of axes makes NCHW of NHWC, as converters from TensorFlow write it.</summary>
    private static bool IsChannelsLast(OnnxGraph graph, string input)
    {
        HashSet<string> same = [input];
        foreach (OnnxNode node in graph.Nodes.Where(node => node.Inputs.Any(same.Contains)))
        {
            if (node.Op == "Transpose")
            {
                return node.Ints("perm") is [0, 3, 1, 2];
            }

            if (ElementFunctions.Of(node) is null && node.Op is not ("Cast" or "Identity" or "Pad"))
            {
                return false;
            }

            same.UnionWith(node.Outputs);
        }

        return false;
    }

    private static MalformedInputException Refusal(ImportState state, ValueInfoProto input, string reason) =>
        new(state.File.Name, null, $"the input {Describe(input)}, {reason}") { IsUnsupportedKind = true };
}
