using System.Text;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;

namespace Espalier.Onnx;

/// <summary>Attributes of ONNX nodes.</summary>
internal static class OnnxAttribute
{
    internal static AttributeProto Integer(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    internal static AttributeProto Flag(string name, bool value) => Integer(name, value ? 1 : 0);

    internal static AttributeProto Number(string name, double value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    internal static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFrom(value, Encoding.UTF8) };

    internal static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (long value in values)
        {
            attribute.Ints.Add(value);
        }

        return attribute;
    }

    /// <summary>Height and width.</summary>
    internal static AttributeProto Size(string name, Size size) => Integers(name, size.Height, size.Width);

    /// <summary>ONNX's order: the beginnings of all axes, then their ends.</summary>
    internal static AttributeProto Pads(Padding padding) => Integers("pads", padding.Top, padding.Left, padding.Bottom, padding.Right);
}
