namespace Espalier.Formats;

/// <summary>The attributes of one op, on their way into a file or out of it. Writing, each method writes the given value and returns it; reading, each returns what the file has.</summary>
/// <remarks>So one line in <see cref="OpCodec"/> says once what an attribute is called and where it belongs, for both directions.</remarks>
internal interface IOpAttributes
{
    int Integer(string name, int value);

    double Number(string name, double value);

    bool Flag(string name, bool value);

    Size Size(string name, Size value);

    Padding Padding(string name, Padding value);

    Shape Shape(string name, Shape value);

    T Choice<T>(string name, T value) where T : struct, Enum;
}
