using System.Text.Json;

namespace Espalier.Serving;

/// <summary>Reads the JSON of an inference request. Members that it does not know are skipped, as the protocol wants it.</summary>
internal static class InferJson
{
    private const int Depth = 32;

    /// <summary>Reads a request.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="binary">The bytes after it: the elements of the inputs that have a <c>binary_data_size</c>, in their order.</param>
    /// <exception cref="ServingException">It is no JSON, a member has another type than the protocol says, or the bytes are more or fewer than the inputs say.</exception>
    internal static InferRequest Read(ReadOnlySpan<byte> json, ReadOnlyMemory<byte> binary)
    {
        var request = new InferRequest();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Depth });
            reader.Read();
            ReadMembers(ref reader, request, static (ref Utf8JsonReader reader, string name, InferRequest request) => Member(ref reader, name, request));
            if (reader.Read())
            {
                throw ServingException.Invalid("the JSON has more than the request's object");
            }
        }
        catch (JsonException error)
        {
            throw ServingException.Invalid($"the request is no valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw ServingException.Invalid("the JSON has a text that is no valid UTF-8 or a number out of range");
        }

        Share(request, binary);
        return request;
    }

    private delegate void MemberReader<T>(ref Utf8JsonReader reader, string name, T target);

    private static void ReadMembers<T>(ref Utf8JsonReader reader, T target, MemberReader<T> member)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            member(ref reader, name, target);
        }
    }

    private static void ReadList<T>(ref Utf8JsonReader reader, List<T> list, Func<T> create, MemberReader<T> member)
    {
        Expect(ref reader, JsonTokenType.StartArray, "a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            T item = create();
            ReadMembers(ref reader, item, member);
            list.Add(item);
        }
    }

    private static void Member(ref Utf8JsonReader reader, string name, InferRequest request)
    {
        switch (name)
        {
            case "id":
                request.Id = Text(ref reader, name);
                break;
            case "parameters":
                ReadMembers(ref reader, request, static (ref Utf8JsonReader reader, string name, InferRequest request) => Parameter(ref reader, name, request));
                break;
            case "inputs":
                ReadList(ref reader, request.Inputs, () => new InferTensor(), static (ref Utf8JsonReader reader, string name, InferTensor input) => Input(ref reader, name, input));
                break;
            case "outputs":
                var outputs = new List<OutputMembers>();
                ReadList(ref reader, outputs, () => new OutputMembers(), static (ref Utf8JsonReader reader, string name, OutputMembers output) => Output(ref reader, name, output));
                request.Outputs.AddRange(outputs.Select(output => new RequestedOutput(output.Name ?? throw ServingException.Invalid("an output has no name"), output.Binary)));
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void Parameter(ref Utf8JsonReader reader, string name, InferRequest request)
    {
        switch (name)
        {
            case "timeout":
                request.SetTimeout(Integer(ref reader, name));
                break;
            case "binary_data_output":
                request.BinaryOutput = Flag(ref reader, name);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void Input(ref Utf8JsonReader reader, string name, InferTensor input)
    {
        switch (name)
        {
            case "name":
                input.Name = Text(ref reader, name);
                break;
            case "datatype":
                input.Datatype = Text(ref reader, name);
                break;
            case "shape":
                input.Shape = Shape(ref reader);
                break;
            case "data":
                (input.Values, input.Nesting, input.Integers) = JsonNumbers.Read(ref reader);
                break;
            case "parameters":
                ReadMembers(ref reader, input, static (ref Utf8JsonReader reader, string name, InferTensor input) =>
                {
                    if (name == "binary_data_size")
                    {
                        input.BinarySize = Integer(ref reader, name) is >= 0 and <= int.MaxValue and long size ? (int)size : throw ServingException.Invalid("binary_data_size is out of range");
                    }
                    else
                    {
                        reader.Skip();
                    }
                });
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void Output(ref Utf8JsonReader reader, string name, OutputMembers output)
    {
        if (name == "name")
        {
            output.Name = Text(ref reader, name);
        }
        else if (name == "parameters")
        {
            ReadMembers(ref reader, output, static (ref Utf8JsonReader reader, string name, OutputMembers output) =>
            {
                if (name == "binary_data")
                {
                    output.Binary = Flag(ref reader, name);
                }
                else
                {
                    reader.Skip();
                }
            });
        }
        else
        {
            reader.Skip();
        }
    }

    /// <summary>Gives each input its bytes.</summary>
    private static void Share(InferRequest request, ReadOnlyMemory<byte> binary)
    {
        int at = 0;
        foreach (InferTensor input in request.Inputs)
        {
            if ((input.BinarySize is null) == (input.Values is null))
            {
                throw ServingException.Invalid($"input {input.Name} has {(input.Values is null ? "neither data nor a binary_data_size" : "both data and a binary_data_size")}; expected one of them");
            }

            int size = Math.Min(input.BinarySize ?? 0, binary.Length - at);
            if (size < (input.BinarySize ?? 0))
            {
                throw ServingException.Invalid($"input {input.Name} has a binary_data_size of {input.BinarySize} and {size} bytes are left; is the header {InferEndpoint.LengthHeader} the length of the JSON?");
            }

            input.Bytes = binary.Slice(at, size);
            at += size;
        }

        if (at != binary.Length)
        {
            throw ServingException.Invalid($"{binary.Length} bytes follow the JSON; the inputs have a binary_data_size of {at} together");
        }
    }

    private static long[] Shape(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray, "a list");
        var shape = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            shape.Add(Integer(ref reader, "shape"));
        }

        return [.. shape];
    }

    private static string? Text(ref Utf8JsonReader reader, string name) => reader.TokenType == JsonTokenType.String ? reader.GetString() : throw Unexpected(name, "a text");

    private static bool Flag(ref Utf8JsonReader reader, string name) => reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw Unexpected(name, "true or false");

    private static long Integer(ref Utf8JsonReader reader, string name) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) ? value : throw Unexpected(name, "an integer");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string expected)
    {
        if (reader.TokenType != type)
        {
            throw Unexpected("the request", expected, $" at byte {reader.TokenStartIndex}");
        }
    }

    private static ServingException Unexpected(string name, string expected, string place = "") => ServingException.Invalid($"{name} has a value of another type{place}; expected {expected}");

    private sealed class OutputMembers
    {
        internal string? Name { get; set; }

        internal bool? Binary { get; set; }
    }
}
