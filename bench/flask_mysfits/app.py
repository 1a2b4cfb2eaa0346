"""The API of the mysfits as the workshop has one build it: Flask with its own server, and boto3. A reference for
measurements; it does what the service in apps/mysfits/service does, as far as the loads ask for it."""
import json
import os
import sys

import boto3
from flask import Flask, Response, request

app = Flask(__name__)
client = boto3.client("dynamodb", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
TABLE = os.environ.get("MYSFITS_TABLE", "MysfitsTable")


def summary(item):
    return {"mysfitId": item["MysfitId"]["S"], "name": item["Name"]["S"], "species": item["Species"]["S"],
            "goodevil": item["GoodEvil"]["S"], "lawchaos": item["LawChaos"]["S"], "alignment": item["Alignment"]["S"],
            "thumbImageUri": item["ThumbImageUri"]["S"]}


def whole(item):
    return {**summary(item), "age": int(item["Age"]["N"]), "description": item["Description"]["S"], "likes": int(item["Likes"]["N"]),
            "adopted": item["Adopted"]["BOOL"], "profileImageUri": item["ProfileImageUri"]["S"]}


def reply(document, status=200):
    response = Response(json.dumps(document), status=status, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@app.route("/")
def health():
    return reply({"message": "Try /mysfits."})


@app.route("/mysfits")
def mysfits():
    if "filter" in request.args:
        name = request.args["filter"]
        found = client.query(TableName=TABLE, IndexName=name + "Index", KeyConditions={
            name: {"AttributeValueList": [{"S": request.args["value"]}], "ComparisonOperator": "EQ"}})
    else:
        found = client.scan(TableName=TABLE)
    return reply({"mysfits": [summary(item) for item in found["Items"]]})


@app.route("/mysfits/<key>")
def mysfit(key):
    found = client.get_item(TableName=TABLE, Key={"MysfitId": {"S": key}})
    return reply(whole(found["Item"])) if "Item" in found else reply({"message": "There is no such mysfit."}, 404)


@app.route("/mysfits/<key>/like", methods=["POST"])
def like(key):
    client.update_item(TableName=TABLE, Key={"MysfitId": {"S": key}}, UpdateExpression="SET Likes = Likes + :n",
                       ExpressionAttributeValues={":n": {"N": "1"}})
    return reply({"update": "success"})


@app.route("/mysfits/<key>/adopt", methods=["POST"])
def adopt(key):
    client.update_item(TableName=TABLE, Key={"MysfitId": {"S": key}}, UpdateExpression="SET Adopted = :b",
                       ExpressionAttributeValues={":b": {"BOOL": True}})
    return reply({"update": "success"})


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
