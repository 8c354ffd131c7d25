using System.Text.Json;

namespace Espalier.Formats;

/// <summary>A parameter stored without its zeros, as two tensors whose names contain a slash.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Shape">The parameter's shape, for readers without the graph.</param>
internal readonly record struct CompactTensor(string Name, Shape Shape)
{
    // A smaller saving does not pay for the second entry in the header, about 100 bytes.
    private const int LeastSaving = 256;

    /// <summary>Name of the tensor with one bit per element.</summary>
    public string BitsName => Name + "/bitmask";

    /// <summary>Name of the tensor with the elements whose bit is set.</summary>
    public string ValuesName => Name + "/values";

    /// <summary>A parameter's values without those that a mask removes, or without zeros if it has no mask; <see langword="null"/> if it is to be stored in full.</summary>
    public static SparseForm? Pack(Tensor value, Tensor? mask)
    {
        if (value.Type is not (ElementType.Float32 or ElementType.Int8))
        {
            return null;
        }

        if (mask is not null)
        {
            Tensor keep = mask.To(ElementType.Float32);
            return keep.Read<float>().ContainsAnyExcept(0f, 1f) ? null : SparseForm.OfMask(value, keep);
        }

        SparseForm form = SparseForm.OfNonZeros(value);
        return value.Bytes.Length - form.ByteCount >= LeastSaving ? form : null;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        JsonNumbers.Write(json, "shape", Shape.Extents.AsSpan());
        json.WriteEndObject();
    }

    public static CompactTensor Read(StrictObject fields)
    {
        var compact = new CompactTensor(fields.Text("name"), fields.Shape("shape"));
        fields.End();
        return compact;
    }
}
