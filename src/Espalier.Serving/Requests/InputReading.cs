using System.Runtime.InteropServices;
using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Serving;

/// <summary>Checks a request against its model and converts its tensor to the network's input.</summary>
internal static class InputReading
{
    private const string Float = "FP32";
    private const string Byte = "UINT8";

    /// <summary>The number of samples of a request.</summary>
    /// <exception cref="ServingException">The request does not fit the model.</exception>
    internal static int SamplesOf(ServedModel model, InferRequest request)
    {
        InferTensor tensor = request.Inputs.Count == 1 && request.Inputs[0].Name == model.InputName
            ? request.Inputs[0]
            : throw ServingException.Invalid($"the request has the inputs [{string.Join(", ", request.Inputs.Select(input => input.Name))}]; expected [{model.InputName}]");
        if (tensor.Shape is not { } shape || shape.Length != model.Sample.Rank + 1 || shape[0] < 1 || !Enumerable.Range(0, model.Sample.Rank).All(i => shape[i + 1] == model.Sample[i]))
        {
            throw ServingException.Invalid($"input {model.InputName} has the shape [{string.Join(", ", tensor.Shape ?? [])}]; expected [batch, {string.Join(", ", Enumerable.Range(0, model.Sample.Rank).Select(i => model.Sample[i]))}]");
        }

        if (shape[0] > model.MaxBatch)
        {
            throw ServingException.Invalid($"the request has {shape[0]} samples, more than the limit of {model.MaxBatch}");
        }

        Require(model, tensor, shape[0] * model.SampleLength);
        foreach (RequestedOutput output in request.Outputs)
        {
            if (model.Outputs.Count(known => known.Name == output.Name) != 1 || request.Outputs.Count(other => other.Name == output.Name) != 1)
            {
                throw ServingException.Invalid($"the request wants the outputs [{string.Join(", ", request.Outputs.Select(wanted => wanted.Name))}]; the model has [{string.Join(", ", model.Outputs.Select(known => known.Name))}], each of which may be requested once");
            }
        }

        return (int)shape[0];
    }

    /// <summary>Writes the network's input.</summary>
    /// <exception cref="ServingException">A number is not finite, or no byte.</exception>
    internal static void Read(ServedModel model, InferTensor tensor, Span<float> input)
    {
        if (tensor.Datatype == Byte)
        {
            Normalize(model, tensor.Values is { } numbers ? ToBytes(tensor, numbers) : tensor.Bytes.Span, input);
            return;
        }

        ReadOnlySpan<float> values = tensor.Values is { } given ? given : MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span);
        int fault = NonFinite.IndexOf(values);
        if (fault >= 0)
        {
            throw ServingException.Invalid(FormattableString.Invariant($"input {model.InputName} is {values[fault]} at element {fault}; expected finite numbers"));
        }

        values.CopyTo(input);
    }

    private static void Require(ServedModel model, InferTensor tensor, long elements)
    {
        if (tensor.Datatype != Float && (tensor.Datatype != Byte || model.Pixels is null))
        {
            throw ServingException.Invalid($"input {model.InputName} is of the datatype {tensor.Datatype ?? "(none)"}; expected {Float}{(model.Pixels is null ? "" : $", or {Byte} for pixels that are normalized here")}");
        }

        long found = tensor.Values?.Length ?? tensor.Bytes.Length, expected = tensor.Values is not null || tensor.Datatype == Byte ? elements : elements * sizeof(float);
        string unit = tensor.Values is null ? "bytes" : "elements";
        if (found != expected)
        {
            throw ServingException.Invalid($"input {model.InputName} has {found} {unit}; expected {expected} for its shape");
        }

        if (tensor.Nesting is { } nesting && !nesting.Select(length => (long)length).SequenceEqual(tensor.Shape!))
        {
            throw ServingException.Invalid($"the data of input {model.InputName} is nested as [{string.Join(", ", nesting)}]; expected its shape [{string.Join(", ", tensor.Shape!)}], or a flat list");
        }
    }

    private static byte[] ToBytes(InferTensor tensor, float[] numbers)
    {
        int fault = Array.FindIndex(numbers, number => number is not (>= byte.MinValue and <= byte.MaxValue));
        return fault < 0 && tensor.Integers
            ? Array.ConvertAll(numbers, number => (byte)number)
            : throw ServingException.Invalid(fault < 0
                ? $"input {tensor.Name} is of the datatype {Byte} and has numbers that are no integers"
                : FormattableString.Invariant($"input {tensor.Name} is {numbers[fault]} at element {fault}; expected 0 to 255"));
    }

    /// <summary>Normalizes pixels that have the input's size: planes of red, green and blue, or of gray.</summary>
    private static void Normalize(ServedModel model, ReadOnlySpan<byte> planes, Span<float> input)
    {
        var pixels = new PixelBuffer();
        int channels = model.Sample[0], plane = model.Sample[1] * model.Sample[2];
        for (int at = 0; at < planes.Length; at += model.SampleLength)
        {
            Span<byte> rgb = pixels.Reset(model.Sample[2], model.Sample[1]);
            for (int i = 0; i < rgb.Length; i++)
            {
                rgb[i] = planes[at + (i % Image.Channels % channels * plane) + (i / Image.Channels)];
            }

            model.Pixels!.Run(pixels, new CounterRandom(0), input.Slice(at, model.SampleLength));
        }
    }
}
