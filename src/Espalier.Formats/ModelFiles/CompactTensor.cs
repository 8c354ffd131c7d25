using System.Text.Json;

namespace Espalier.Formats;

/// <summary>A parameter that is stored without its zeros, in two tensors whose names contain a slash.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Shape">Its extents, for readers who do not know the network.</param>
internal readonly record struct CompactTensor(string Name, Shape Shape)
{
    // Less is not worth a second entry in the header, which takes about 100 bytes for each tensor.
    private const int LeastSaving = 256;

    /// <summary>A bit for each element.</summary>
    public string BitsName => Name + "/bitmask";

    /// <summary>The elements whose bit is set.</summary>
    public string ValuesName => Name + "/values";

    /// <summary>A parameter's numbers without those that a mask removes, or without zeros if it has none; <see langword="null"/> if it is to be stored as it is.</summary>
    public static SparseForm? Pack(Tensor value, Tensor? mask)
    {
        if (value.Type != ElementType.Float32)
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
