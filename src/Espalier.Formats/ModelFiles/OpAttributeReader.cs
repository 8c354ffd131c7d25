namespace Espalier.Formats;

/// <summary>Reads an op's attributes from the fields of a JSON object. Fields are required unless a value is given for their absence.</summary>
internal sealed class OpAttributeReader(StrictObject fields) : IOpAttributes
{
    public int Integer(string name, int value) => fields.Integer(name);

    public double Number(string name, double value) => fields.Number(name);

    public bool Flag(string name, bool value) => fields.Flag(name);

    public bool OptionalFlag(string name, bool value, bool usual) => fields.Has(name) ? fields.Flag(name) : usual;

    public double? OptionalNumber(string name, double? value) => fields.Has(name) ? fields.Number(name) : null;

    public Size Size(string name, Size value) => fields.Size(name);

    public Padding Padding(string name, Padding value) =>
        fields.Integers(name, 4) is [int top, int left, int bottom, int right] ? new Padding(top, left, bottom, right) : default;

    public Shape Shape(string name, Shape value) => fields.Shape(name);

    public T Choice<T>(string name, T value) where T : struct, Enum => fields.Choice<T>(name);

    public T Choice<T>(string name, T value, T absent) where T : struct, Enum => fields.Has(name) ? fields.Choice<T>(name) : absent;
}
